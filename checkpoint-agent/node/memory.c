/*
 * memory - the least of MemAvailable and of every control group upwards.
 *
 * Control groups are looked for where systemd and runtimes mount them, below
 * /sys/fs/cgroup; one that is elsewhere, or whose files are not understood,
 * bounds nothing.
 */
#include "checkpoint-agent/node/memory.h"

#include "checkpoint-agent/node/cgroup.h"
#include "checkpoint-agent/node/process.h"
#include "lib/base/fd.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#define TEXT_MAX 65536
#define TOP_V1   "/sys/fs/cgroup/memory"
#define TOP_V2   "/sys/fs/cgroup"

int memory_parse_available(struct str meminfo, uint64_t *bytes, struct err *e)
{
	struct str value = process_find_field(meminfo, "MemAvailable"), number;
	uint64_t kib;

	if (!str_cut(&value, ' ', &number) || !str_is(value, "kB") ||
		str_u64(number, 0, UINT64_MAX >> 10, &kib) < 0)
		return err_kind(
			e, ERR_INPUT, "/proc/meminfo: no MemAvailable in kB");
	*bytes = kib << 10;
	return 0;
}

/* The number after "NAME " at the beginning of a line; 0: there is none. */
static uint64_t stat_value(struct str stat, const char *name)
{
	struct str line, word;
	uint64_t value;

	while (str_cut(&stat, '\n', &line))
		if (str_cut(&line, ' ', &word) && str_is(word, name))
			return str_u64(line, 0, UINT64_MAX, &value) < 0 ? 0
									: value;
	return 0;
}

uint64_t memory_left(const struct memory_group *g)
{
	uint64_t limit, used, cache;

	if (str_u64(str_trim(g->limit), 0, UINT64_MAX, &limit) < 0 ||
		str_u64(str_trim(g->used), 0, UINT64_MAX, &used) < 0)
		return UINT64_MAX; /* "max", or no such file */
	/* version 1 counts the groups below in total_* only */
	cache = stat_value(g->stat, "total_inactive_file");
	if (cache == 0)
		cache = stat_value(g->stat, "inactive_file");
	used -= cache < used ? cache : used;
	return used < limit ? limit - used : 0;
}

/* ---- this process ------------------------------------------------------- */

static struct str read_text(
	const char *dir, const char *name, char room[TEXT_MAX])
{
	struct buf b = buf_fixed(room, TEXT_MAX);
	char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return file_read(path, &b, NULL) < 0 ? STR("") : buf_view(&b);
}

static uint64_t left_in(const char *dir, bool is_v1)
{
	static char limit[TEXT_MAX], used[TEXT_MAX], stat[TEXT_MAX];
	const struct memory_group g = {
		read_text(dir, is_v1 ? "memory.limit_in_bytes" : "memory.max",
			limit),
		read_text(dir,
			is_v1 ? "memory.usage_in_bytes" : "memory.current",
			used),
		read_text(dir, "memory.stat", stat)};

	return memory_left(&g);
}

/* The group at this path and all above it. */
static uint64_t left_upwards(struct str path, bool is_v1)
{
	uint64_t least = UINT64_MAX, left;
	char dir[PATH_MAX];

	for (;;) {
		snprintf(dir, sizeof(dir), "%s%.*s", is_v1 ? TOP_V1 : TOP_V2,
			STR_ARG(path));
		left = left_in(dir, is_v1);
		if (left < least)
			least = left;
		if (path.n == 0)
			return least;
		while (path.n && path.p[--path.n] != '/')
			;
	}
}

static bool has_memory(struct str controllers)
{
	struct str word;

	while (str_cut(&controllers, ',', &word))
		if (str_is(word, "memory"))
			return true;
	return false;
}

static uint64_t left_by_groups(struct str text)
{
	uint64_t least = UINT64_MAX, left = UINT64_MAX;
	struct cgroup c;

	while (cgroup_next(&text, &c)) {
		if (c.controllers.n == 0)
			left = left_upwards(c.path, false);
		else if (has_memory(c.controllers))
			left = left_upwards(c.path, true);
		if (left < least)
			least = left;
	}
	return least;
}

int memory_free(uint64_t *bytes, struct err *e)
{
	AUTO_BUF struct buf meminfo = buf_growing(TEXT_MAX);
	AUTO_BUF struct buf groups = buf_growing(TEXT_MAX);
	uint64_t left;

	if (file_read("/proc/meminfo", &meminfo, e) < 0 ||
		memory_parse_available(buf_view(&meminfo), bytes, e) < 0)
		return -1;
	if (process_read((uint32_t)getpid(), "cgroup", &groups, e) < 0)
		return -1;
	left = left_by_groups(buf_view(&groups));
	if (left < *bytes)
		*bytes = left;
	return 0;
}
