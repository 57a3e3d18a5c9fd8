#include "sesctl/edges.hpp"
