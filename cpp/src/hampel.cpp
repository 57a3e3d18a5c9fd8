#include "sesctl/hampel.hpp"
