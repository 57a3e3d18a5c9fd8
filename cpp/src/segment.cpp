#include "sesctl/segment.hpp"
