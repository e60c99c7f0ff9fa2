/* CRC-32 of gzip (RFC 1952, reflected polynomial 0xEDB88320), eight bytes a step. */
#ifndef UNPACK_CRC_H
#define UNPACK_CRC_H

#include <stddef.h>
#include <stdint.h>

/* Continues `crc`, which is 0 before the first byte. */
uint32_t crc_gzip(uint32_t crc, const void *bytes, size_t len);

#endif
