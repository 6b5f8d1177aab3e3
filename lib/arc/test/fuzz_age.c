/* Decrypting arbitrary input ends, without a fault. */
#include "lib/arc/age.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf out = buf_growing((size_t)1 << 20);
	struct age_key key;
	struct err e = {0};
	struct age *a;

	memset(&key, 5, sizeof key);
	a = age_open(sink_buf(&out), &key, 1, &e);
	if (a && sink_put(age_sink(a), data, n, &e) == 0)
		(void)age_end(a, &e);
	age_close(&a);
	buf_free(&out);
	return 0;
}
