/* Fuzz target: one API object in JSON, taken as each kind that we read. */
#include "kube-proxy-mini/cidrwatch.h"
#include "kube-proxy-mini/decode.h"
#include "kube-proxy-mini/nodefacts.h"
#include "lib/base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = arena_make(1u << 20);
	const struct node *n;
	struct model_service service;
	struct model_slice slice;
	struct nodefacts facts;
	struct cidrwatch_object cidrs;

	if (json_parse((struct str){(const char *)data, size}, &a, &n, NULL) ==
		0) {
		decode_service(n, &a, &service, NULL);
		decode_slice(n, &a, &slice, NULL);
		nodefacts_decode(n, &facts, NULL);
		cidrwatch_decode(n, &cidrs, NULL);
	}
	arena_free(&a);
	return 0;
}
