/*
 * Fuzz target: a certificate from the other side.  The first byte says which
 * family is asked for.
 */
#include "lib/net/x509name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char address[16] = {10, 96, 0, 1};
	struct str wanted = {address, 4};

	if (size == 0)
		return 0;
	if (data[0] & 1)
		wanted.n = 16;
	x509name_match_ip(
		(struct str){(const char *)data + 1, size - 1}, wanted, NULL);
	return 0;
}
