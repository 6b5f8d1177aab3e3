/*
 * Fuzz target: a certificate from the other side.  The first byte says which
 * family is asked for.
 */
#include "lib/net/x509name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char address[16] = {10, 96, 0, 1};
	struct str der = {(const char *)data + 1, size - 1};
	struct str wanted = {address, 4};
	char room[64];
	struct buf name = buf_fixed(room, sizeof(room));

	if (size == 0)
		return 0;
	if (data[0] & 1)
		wanted.n = 16;
	x509name_match_ip(der, wanted, NULL);
	x509name_common_name(der, &name);
	return 0;
}
