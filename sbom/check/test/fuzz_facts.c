/* facts: any text, checked by every rule book. */
#include "sbom/check/facts_read.h"
#include "sbom/check/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct arena a = arena_make((size_t)64 << 20);
	AUTO_BUF struct buf out = buf_growing((size_t)64 << 20);
	struct profile_result r;
	struct facts f;

	if (facts_read((struct str){(const char *)data, size}, &a, &f, NULL) <
		0)
		return 0;
	for (int p = PROFILE_BSI; p <= PROFILE_CDX; p *= 2) {
		if (profile_check(&f, (enum profile)p, &r, NULL) < 0)
			return 0;
		profile_table(&r, &f, "sbom", &out);
		profile_json(&r, &f, "sbom", &out);
	}
	return 0;
}
