#include "sesctl/intervals.hpp"
