#include "sesctl/chirp_stft.hpp"
