/* fuzz_configfile - a KubeProxyConfiguration from arbitrary bytes. */
#include "kube-proxy-mini/config/configfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ignore(const char *field)
{
	(void)field;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = arena_make(1u << 20);
	struct config_flags f = config_defaults();

	configfile_parse(
		(struct str){(const char *)data, size}, &a, &f, ignore, NULL);
	arena_free(&a);
	return 0;
}
