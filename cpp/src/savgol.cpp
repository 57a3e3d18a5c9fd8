#include "sesctl/savgol.hpp"
