/* Fuzz target: a kubeconfig's text. */
#include "lib/net/kubeconfig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = arena_make(1u << 20);
	struct kubeconfig k;

	kubeconfig_parse(
		(struct str){(const char *)data, size}, "/etc", &a, &k, NULL);
	arena_free(&a);
	return 0;
}
