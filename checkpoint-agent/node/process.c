/*
 * process - read and parse files of /proc/PID.
 *
 * Descendants are found breadth first by /proc/PID/task/TID/children, which
 * exists with CONFIG_PROC_CHILDREN.  A process that ends meanwhile has no
 * children any more and is simply passed by.
 */
#include "checkpoint-agent/node/process.h"

#include "checkpoint-agent/node/hostfs.h"
#include "lib/base/dir.h"
#include "lib/base/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHILDREN_MAX (1u << 20)
#define STATUS_BYTES 65536
#define MAP_BYTES    65536 /* 340 lines, the kernel's limit */

/* A list that is appended to while it is iterated. */
struct pids {
	uint32_t *pid;
	size_t n;
};

int process_read(uint32_t pid, const char *name, struct buf *b, struct err *e)
{
	char path[128];

	snprintf(path, sizeof(path), "/proc/%u/%s", pid, name);
	return file_read(path, b, e);
}

struct str process_find_field(struct str text, const char *key)
{
	struct str line, name;

	while (str_cut(&text, '\n', &line))
		if (str_cut(&line, ':', &name) && str_is(name, key))
			return str_trim(line);
	return (struct str){0};
}

const char *process_describe(uint32_t pid)
{
	static char text[64];
	AUTO_BUF struct buf b = buf_growing(STATUS_BYTES);
	struct str name = {0};

	if (process_read(pid, "status", &b, NULL) == 0)
		name = process_find_field(buf_view(&b), "Name");
	snprintf(text, sizeof(text), "%u (%.*s)", pid, STR_ARG(name));
	return text;
}

int process_namespace(
	uint32_t pid, const char *kind, uint64_t *inode, struct err *e)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%u/ns/%s", pid, kind);
	if (stat(path, &st) < 0)
		return err_sys(e, "%s", path);
	*inode = st.st_ino;
	return 0;
}

int process_start(uint32_t pid, uint64_t *ticks, struct err *e)
{
	char text[1024];
	struct buf b = buf_fixed(text, sizeof(text));

	if (process_read(pid, "stat", &b, e) < 0)
		return -1;
	return process_parse_start(buf_view(&b), ticks, e);
}

int process_parse_start(struct str stat, uint64_t *ticks, struct err *e)
{
	enum { FIELD_START = 22, FIELD_AFTER_NAME = 3 };
	struct str word = {0};
	size_t at = stat.n;

	/* the name, field 2, may hold anything: go on after the last ')' */
	while (at > 0 && stat.p[at - 1] != ')')
		at--;
	stat = str_sub(stat, at + 1, stat.n);
	for (int i = FIELD_AFTER_NAME; i <= FIELD_START; i++)
		if (!str_cut(&stat, ' ', &word))
			return err_kind(e, ERR_INPUT, "stat: truncated");
	if (str_u64(word, 0, UINT64_MAX, ticks) < 0)
		return err_kind(e, ERR_INPUT, "stat: malformed start time");
	return 0;
}

void process_end_group(uint32_t leader, uint64_t start)
{
	uint64_t now;

	if (process_start(leader, &now, NULL) < 0 || now == start)
		kill(-(pid_t)leader, SIGKILL);
}

const char *process_find_path(void *context, const char *path)
{
	const struct process_finder *f = context;
	char name[64], where[PATH_MAX];
	AUTO_FD int root = -1;
	AUTO_FD int fd = -1;
	ssize_t n;

	snprintf(name, sizeof(name), "/proc/%u/root", f->pid);
	root = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0 || hostfs_open(root, path, O_PATH, &fd, NULL) < 0)
		return NULL;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	n = readlink(name, where, sizeof(where));
	if (n <= 0 || (size_t)n >= sizeof(where))
		return NULL;
	return arena_copy(f->arena, (struct str){where, (size_t)n});
}

static int cut_id(struct str *line, uint64_t *id)
{
	struct str word = {0};

	while (word.n == 0 && str_cut(line, ' ', &word))
		;
	return str_u64(word, 0, UINT32_MAX, id);
}

/* user_namespaces(7): a line is "first-inside first-outside count". */
int process_find_root_group(uint32_t pid, uint32_t *gid, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(MAP_BYTES);
	struct str map, line;

	if (process_read(pid, "gid_map", &b, e) < 0)
		return -1;
	map = buf_view(&b);
	while (str_cut(&map, '\n', &line)) {
		uint64_t inside, outside;

		if (cut_id(&line, &inside) < 0 || inside != 0 ||
			cut_id(&line, &outside) < 0)
			continue;
		*gid = (uint32_t)outside;
		return 0;
	}
	return err_kind(e, ERR_INPUT,
		"process %u: no group is 0 in its user namespace", pid);
}

static void push_children(struct pids *p, struct str text)
{
	struct str word;
	uint64_t pid;

	while (str_cut(&text, ' ', &word))
		if (p->n < PROCESS_TREE_MAX &&
			str_u64(word, 1, UINT32_MAX, &pid) == 0)
			p->pid[p->n++] = (uint32_t)pid;
}

/* Does the process not exist any more? */
static bool has_ended(const struct err *e)
{
	return e->sys == ENOENT || e->sys == ESRCH;
}

static void read_children(struct pids *p, uint32_t pid, const char *task)
{
	AUTO_BUF struct buf b = buf_growing(CHILDREN_MAX);
	char path[64];

	snprintf(path, sizeof(path), "task/%.20s/children", task);
	if (process_read(pid, path, &b, NULL) == 0)
		push_children(p, buf_view(&b));
}

static int find_children(struct pids *p, uint32_t pid, struct err *e)
{
	char path[64];
	const struct dirent *entry;
	struct err why = {0};
	int more = 0;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%u/task", pid);
	d = opendir(path);
	if (!d)
		return errno == ENOENT ? 0 : err_sys(e, "%s", path);
	while ((more = dir_next(d, &entry, &why)) > 0)
		read_children(p, pid, entry->d_name);
	closedir(d);
	return more == 0 || has_ended(&why)
		       ? 0
		       : err_set(e, "%s: %s", path, why.text);
}

int process_tree(uint32_t pid, uint32_t **pids, size_t *n, struct err *e)
{
	struct pids p = {.pid = calloc(PROCESS_TREE_MAX, sizeof(*p.pid))};

	if (!p.pid)
		return err_kind(e, ERR_LIMIT, "out of memory");
	p.pid[p.n++] = pid;
	for (size_t i = 0; i < p.n; i++) {
		if (find_children(&p, p.pid[i], e) == 0)
			continue;
		free(p.pid);
		return -1;
	}
	*pids = p.pid;
	*n = p.n;
	return 0;
}
