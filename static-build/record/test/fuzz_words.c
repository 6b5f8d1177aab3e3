/* words: any command line or response file is taken apart or refused. */
#include "static-build/record/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size};
	struct arena a = arena_make(8 << 20);
	struct words w;

	if (words_split(text, &a, &w, NULL) == 0 && w.n && w.list[w.n])
		__builtin_trap(); /* the list ends with a null */
	if (words_scan(text, &a, &w, NULL) == 0 && w.n && w.list[w.n])
		__builtin_trap();
	arena_free(&a);
	return 0;
}
