#include "sesctl/isa.hpp"

#include <cstdlib>
#include <string>

#include "sesctl/errors.hpp"

namespace sesctl {

namespace {

Isa widest_isa() {
#ifdef SESCTL_X86_DISPATCH
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2")) return Isa::avx2;
#endif
    return Isa::baseline;
}

Isa chosen_isa() {
    const Isa widest = widest_isa();
    const char* const asked = std::getenv("SESCTL_ISA");
    if (asked == nullptr || *asked == '\0') return widest;
    for (const Isa isa : {Isa::baseline, Isa::avx2}) {
        if (std::string(asked) == isa_names[static_cast<int>(isa)] && isa <= widest) return isa;
    }
    throw ParameterError("SESCTL_ISA is '" + std::string(asked) +
                         "', but this processor goes from baseline to " +
                         isa_names[static_cast<int>(widest)]);
}

}  // namespace

Isa active_isa() {
    static const Isa isa = chosen_isa();
    return isa;
}

}  // namespace sesctl
