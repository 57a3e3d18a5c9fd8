#include "sesctl/gaps.hpp"
