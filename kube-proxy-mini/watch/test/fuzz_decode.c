/* fuzz_decode - arbitrary JSON, decoded as each kind of object that we read. */
#include "kube-proxy-mini/watch/cidrs.h"
#include "kube-proxy-mini/watch/decode_service.h"
#include "kube-proxy-mini/watch/decode_slice.h"
#include "kube-proxy-mini/watch/node_facts.h"
#include "lib/base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = arena_make(1u << 20);
	const struct node *n;
	struct model_service service;
	struct model_slice slice;
	struct cidrs_object cidrs;
	struct field_reader r = field_reader_make(&a);

	if (json_parse((struct str){(const char *)data, size}, &a, &n, NULL) ==
		0) {
		decode_service(n, &r, &service, NULL);
		decode_slice(n, &r, &slice, NULL);
		node_facts_decode(n, &r);
		cidrs_decode(n, &r, &cidrs, NULL);
	}
	arena_free(&a);
	return 0;
}
