/* Fuzz target: one API object in JSON, taken as a Service and as a slice. */
#include "kube-proxy-mini/decode.h"
#include "lib/base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = arena_make(1u << 20);
	const struct node *n;
	struct model_service service;
	struct model_slice slice;

	if (json_parse((struct str){(const char *)data, size}, &a, &n, NULL) ==
		0) {
		decode_service(n, &a, &service, NULL);
		decode_slice(n, &a, &slice, NULL);
	}
	arena_free(&a);
	return 0;
}
