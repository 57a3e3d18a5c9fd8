#include "sesctl/moving_average.hpp"
