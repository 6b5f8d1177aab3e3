/*
 * kin - see kin.h.
 */
#include "checkpoint-agent/resolve/kin.h"

#include "checkpoint-agent/process.h"

#define CGROUP_BYTES 65536
#define ANCESTORS_MAX                                                          \
	4096 /* a chain cannot be longer than this in practice                 \
	      */
#define STATUS_BYTES 65536

static uint32_t parent_of(uint32_t pid)
{
	AUTO_BUF struct buf b = buf_growing(STATUS_BYTES);
	struct str text, line, key;
	uint64_t parent;

	if (process_read(pid, "status", &b, NULL) < 0)
		return 0;
	text = buf_view(&b);
	while (str_cut(&text, '\n', &line))
		if (str_cut(&line, ':', &key) && str_is(key, "PPid") &&
			str_u64(str_trim(line), 0, UINT32_MAX, &parent) == 0)
			return (uint32_t)parent;
	return 0;
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

/* The path of a line "ID:CONTROLLERS:PATH". */
static struct str path_of(struct str line)
{
	struct str part;

	str_cut(&line, ':', &part);
	str_cut(&line, ':', &part);
	return line;
}

bool kin_is_same_group(struct str cgroup, struct str other)
{
	struct str line;
	bool is_own = false;

	if (!str_eq(cgroup, other))
		return false;
	while (str_cut(&cgroup, '\n', &line))
		is_own |= path_of(line).n > 1;
	return is_own;
}

static bool in_same_groups(uint32_t pid, uint32_t first)
{
	AUTO_BUF struct buf a = buf_growing(CGROUP_BYTES);
	AUTO_BUF struct buf b = buf_growing(CGROUP_BYTES);

	return process_read(pid, "cgroup", &a, NULL) == 0 &&
	       process_read(first, "cgroup", &b, NULL) == 0 &&
	       kin_is_same_group(buf_view(&a), buf_view(&b));
}

bool kin_is_of(uint32_t pid, uint32_t first)
{
	return descends(pid, first) || in_same_groups(pid, first);
}

/* "ID", or with a prefix before and ".scope" behind, as systemd has it. */
static bool is_of_name(struct str group, struct str name)
{
	struct str scope = STR(".scope");

	if (str_has_suffix(group, scope))
		group.n -= scope.n;
	if (!str_has_suffix(group, name))
		return false;
	return group.n == name.n || group.p[group.n - name.n - 1] == '-';
}

bool kin_is_named(struct str cgroup, struct str name)
{
	struct str line, part;

	while (name.n && str_cut(&cgroup, '\n', &line)) {
		struct str path = path_of(line);

		while (str_cut(&path, '/', &part))
			if (is_of_name(part, name))
				return true;
	}
	return false;
}

bool kin_is_in_cgroup(uint32_t pid, struct str name)
{
	AUTO_BUF struct buf b = buf_growing(CGROUP_BYTES);

	return process_read(pid, "cgroup", &b, NULL) == 0 &&
	       kin_is_named(buf_view(&b), name);
}
