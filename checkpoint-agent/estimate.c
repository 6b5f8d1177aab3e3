/*
 * estimate - see estimate.h.
 *
 * Processes are found by /proc/PID/task/TID/children from the first one down,
 * in a list and not by recursion.
 */
#include "checkpoint-agent/estimate.h"

#include "checkpoint-agent/process.h"
#include "lib/base/buf.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#define TEXT_MAX      (1u << 20)
#define PROCESSES_MAX 65536

struct pids {
	uint32_t *pid;
	size_t n;
};

static uint64_t kilobytes(struct str line)
{
	struct str word;
	uint64_t n;

	line = str_trim(line);
	if (!str_cut(&line, ' ', &word) ||
			str_u64(word, 0, UINT64_MAX / 1024, &n) < 0)
		return 0;
	return n * 1024;
}

uint64_t estimate_status(struct str status)
{
	struct str line, key;
	uint64_t bytes = 0;

	while (str_cut(&status, '\n', &line))
		if (str_cut(&line, ':', &key) &&
				(str_is(key, "RssAnon") ||
					str_is(key, "RssShmem") ||
					str_is(key, "VmSwap")))
			bytes += kilobytes(line);
	return bytes;
}

static void push_children(struct pids *p, struct str text)
{
	struct str word;
	uint64_t pid;

	while (str_cut(&text, ' ', &word))
		if (p->n < PROCESSES_MAX &&
				str_u64(word, 1, UINT32_MAX, &pid) == 0)
			p->pid[p->n++] = (uint32_t)pid;
}

static void find_children(struct pids *p, uint32_t pid)
{
	char path[64];
	struct dirent *entry;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%u/task", pid);
	d = opendir(path);
	while (d && (entry = readdir(d))) {
		AUTO_BUF struct buf b = buf_growing(TEXT_MAX);

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "task/%.20s/children",
				entry->d_name);
		if (process_read(pid, path, &b, NULL) == 0)
			push_children(p, buf_view(&b));
	}
	if (d)
		closedir(d);
}

int estimate_processes(uint32_t pid, struct estimate *x, struct err *e)
{
	struct pids p = {.pid = calloc(PROCESSES_MAX, sizeof(*p.pid))};

	*x = (struct estimate){0};
	if (!p.pid)
		return err_kind(e, ERR_LIMIT, "out of memory");
	p.pid[p.n++] = pid;
	for (size_t i = 0; i < p.n; i++) {
		AUTO_BUF struct buf b = buf_growing(TEXT_MAX);

		if (process_read(p.pid[i], "status", &b, NULL) < 0)
			continue; /* it has just ended */
		x->memory_bytes += estimate_status(buf_view(&b));
		x->process_count++;
		find_children(&p, p.pid[i]);
	}
	free(p.pid);
	return 0;
}
