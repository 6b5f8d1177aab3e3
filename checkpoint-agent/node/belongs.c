/*
 * belongs - follow PPid in /proc/PID/status upwards, then compare
 * /proc/PID/cgroup.
 */
#include "checkpoint-agent/node/belongs.h"

#include "checkpoint-agent/node/cgroup.h"
#include "checkpoint-agent/node/process.h"

#define TEXT_BYTES    65536
#define ANCESTORS_MAX 4096 /* deeper than any real chain of parents */

static uint32_t parent_of(uint32_t pid)
{
	AUTO_BUF struct buf b = buf_growing(TEXT_BYTES);
	uint64_t parent;

	if (process_read(pid, "status", &b, NULL) < 0 ||
		str_u64(process_find_field(buf_view(&b), "PPid"), 0, UINT32_MAX,
			&parent) < 0)
		return 0;
	return (uint32_t)parent;
}

static bool descends(uint32_t pid, uint32_t first)
{
	for (int i = 0; pid > 1 && i < ANCESTORS_MAX; i++) {
		if (pid == first)
			return true;
		pid = parent_of(pid);
	}
	return false;
}

static bool shares_cgroups(uint32_t pid, uint32_t first)
{
	AUTO_BUF struct buf a = buf_growing(TEXT_BYTES);
	AUTO_BUF struct buf b = buf_growing(TEXT_BYTES);

	return process_read(pid, "cgroup", &a, NULL) == 0 &&
	       process_read(first, "cgroup", &b, NULL) == 0 &&
	       cgroup_is_same(buf_view(&a), buf_view(&b));
}

bool belongs_to_container(uint32_t pid, uint32_t first)
{
	return descends(pid, first) || shares_cgroups(pid, first);
}

bool belongs_to_cgroup(uint32_t pid, struct str name)
{
	AUTO_BUF struct buf b = buf_growing(TEXT_BYTES);

	return process_read(pid, "cgroup", &b, NULL) == 0 &&
	       cgroup_has_name(buf_view(&b), name);
}
