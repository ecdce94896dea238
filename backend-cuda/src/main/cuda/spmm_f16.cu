#include "spmm_one.cuh"

SPMM_TYPE(f16, Half)
SPMM_WIDE(f16, Half)
