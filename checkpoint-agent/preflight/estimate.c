/*
 * estimate - memory from /proc/PID/status, times and overheads from
 * measurements.
 */
#include "checkpoint-agent/preflight/estimate.h"

#include "checkpoint-agent/node/process.h"
#include "lib/base/buf.h"

#include <stdlib.h>

#define TEXT_MAX (1u << 20)

/* Measured, beside the memory: images and metadata, and time to freeze. */
#define PROCESS_BYTES   65536
#define CONTAINER_BYTES 131072
#define PROCESS_MS      5
#define CONTAINER_MS    50
#define BYTES_PER_MS    ((uint64_t)2 << 20) /* 2 GiB of memory a second */

/* "123 kB" in bytes; 0 when it is something else. */
static uint64_t parse_kib(struct str line)
{
	struct str word;
	uint64_t n;

	line = str_trim(line);
	if (!str_cut(&line, ' ', &word) ||
		str_u64(word, 0, UINT64_MAX / 1024, &n) < 0)
		return 0;
	return n * 1024;
}

uint64_t estimate_memory_bytes(struct str status)
{
	struct str line, key;
	uint64_t bytes = 0;

	while (str_cut(&status, '\n', &line))
		if (str_cut(&line, ':', &key) &&
			(str_is(key, "RssAnon") || str_is(key, "RssShmem") ||
				str_is(key, "VmSwap")))
			bytes += parse_kib(line);
	return bytes;
}

int estimate_processes(uint32_t pid, struct estimate *x, struct err *e)
{
	uint32_t *pids;
	size_t n;

	*x = (struct estimate){0};
	if (process_tree(pid, &pids, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		AUTO_BUF struct buf b = buf_growing(TEXT_MAX);

		if (process_read(pids[i], "status", &b, NULL) < 0)
			continue; /* it has just ended */
		x->memory_bytes += estimate_memory_bytes(buf_view(&b));
		x->process_count++;
	}
	free(pids);
	return 0;
}

uint64_t estimate_archive_bytes(const struct estimate *x)
{
	return x->memory_bytes + CONTAINER_BYTES +
	       x->process_count * PROCESS_BYTES;
}

uint64_t estimate_frozen_ms(const struct estimate *x)
{
	return CONTAINER_MS + x->process_count * PROCESS_MS +
	       x->memory_bytes / BYTES_PER_MS;
}
