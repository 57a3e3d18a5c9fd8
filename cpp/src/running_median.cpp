#include "sesctl/running_median.hpp"
