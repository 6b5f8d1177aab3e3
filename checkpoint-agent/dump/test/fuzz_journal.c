/*
 * A journal as a hostile file: its text is parsed, and what is understood means
 * the same when it is written and read again.
 */
#include "checkpoint-agent/dump/journal.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct journal j, k;
	AUTO_BUF struct buf b = buf_growing(4 * PATH_MAX);
	struct err e = {0};

	if (journal_parse((struct str){(const char *)data, size}, &j, &e) < 0)
		return 0;
	if (strlen(j.boot) > JOURNAL_BOOT_BYTES ||
		strlen(j.freezer) >= sizeof(j.freezer))
		abort();
	journal_put(&b, &j);
	if (journal_parse(buf_view(&b), &k, &e) < 0 ||
		strcmp(j.boot, k.boot) != 0 ||
		strcmp(j.freezer, k.freezer) != 0 || j.criu_pid != k.criu_pid ||
		j.criu_start != k.criu_start)
		abort();
	return 0;
}
