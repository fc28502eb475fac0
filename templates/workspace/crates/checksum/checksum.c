#include <stddef.h>
#include <stdint.h>

/* Fletcher's checksum of 16 bits. */
uint16_t team_checksum(const uint8_t *bytes, size_t length) {
  uint16_t low = 0, high = 0;
  for (size_t index = 0; index < length; index++) {
    low = (low + bytes[index]) % 255;
    high = (high + low) % 255;
  }
  return (uint16_t)(high << 8 | low);
}
