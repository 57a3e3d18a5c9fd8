"""Networks small enough for tests: the architectures of the shipped ones with few units."""

SIZES = {
    "lstm_ae": {"both_ways": 16, "narrow": 16, "middle": 32, "wide": 16},
    "lstm_ae_plain": {"both_ways": 16, "narrow": 16, "middle": 32, "wide": 16},
    "gru_ae": {"both_ways": 16, "narrow": 16, "middle": 32, "wide": 16},
    "fc_ae": {"kernels": 8},
    "fct_ae": {"outer": 16, "inner": 8, "code": 8},
    "lstm_ae_seq": {"kernels": 4, "both_ways": 16, "hour": 16},
}

IMAGE_SIZES = {
    "vgg": {"kernels": 2, "blocks": 1},
    "vgg16": {"kernels": 2, "dense": 8},
}
