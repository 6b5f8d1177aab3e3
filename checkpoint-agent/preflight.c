/*
 * preflight - see preflight.h.
 *
 * The commonest obstacle is a file that was opened outside and handed in,
 * such as a log on standard output: CRIU finds no mount of the container that
 * could bring it back.
 */
#include "checkpoint-agent/preflight.h"

#include "checkpoint-agent/process.h"
#include "lib/base/json.h"

#include <dirent.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FDINFO_MAX 65536
#define INDENT     2

bool preflight_has_mount(struct str mountinfo, uint64_t id)
{
	struct str line, word;
	uint64_t n;

	while (str_cut(&mountinfo, '\n', &line))
		if (str_cut(&line, ' ', &word) &&
				str_u64(word, 0, UINT64_MAX, &n) == 0 &&
				n == id)
			return true;
	return false;
}

bool preflight_mount_of(struct str fdinfo, uint64_t *id)
{
	struct str line, key;

	while (str_cut(&fdinfo, '\n', &line))
		if (str_cut(&line, ':', &key) && str_is(key, "mnt_id"))
			return str_u64(str_trim(line), 0, UINT64_MAX, id) == 0;
	return false;
}

static void say(struct arena *a, const char **list, size_t *n,
		const char *fmt, ...) __attribute__((format(printf, 4, 5)));

static void say(struct arena *a, const char **list, size_t *n,
		const char *fmt, ...)
{
	char text[PATH_MAX + 256];
	va_list ap;

	if (*n == PREFLIGHT_ITEMS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	list[*n] = arena_copy(a, str_of(text));
	*n += list[*n] != NULL;
}

/* A regular file or directory that no mount of the container holds. */
static bool is_outside(uint32_t pid, const char *fd, struct str mountinfo)
{
	AUTO_BUF struct buf b = buf_growing(FDINFO_MAX);
	char path[64];
	struct stat st;
	uint64_t id;

	snprintf(path, sizeof(path), "/proc/%u/fd/%.16s", pid, fd);
	if (stat(path, &st) < 0 ||
			!(S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
		return false;
	if (st.st_nlink == 0)
		return false; /* memfd and deleted files are dumped */
	snprintf(path, sizeof(path), "fdinfo/%.16s", fd);
	return process_read(pid, path, &b, NULL) == 0 &&
			preflight_mount_of(buf_view(&b), &id) &&
			!preflight_has_mount(mountinfo, id);
}

static void look_at_files(struct preflight *p, const struct target *t,
		struct survey *s)
{
	char path[64], where[PATH_MAX];
	struct dirent *entry;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%u/fd", t->pid);
	d = opendir(path);
	while (d && (entry = readdir(d))) {
		ssize_t n;

		if (entry->d_name[0] == '.' ||
				!is_outside(t->pid, entry->d_name,
						s->mountinfo))
			continue;
		snprintf(path, sizeof(path), "/proc/%u/fd/%.16s", t->pid,
				entry->d_name);
		n = readlink(path, where, sizeof(where) - 1);
		where[n > 0 ? n : 0] = '\0';
		say(&s->arena, p->obstacle, &p->obstacle_count,
				"descriptor %s is the file %s outside of the "
				"container",
				entry->d_name, where);
	}
	if (d)
		closedir(d);
}

static void look_for_losses(struct preflight *p, const struct target *t,
		struct survey *s)
{
	if (!s->has_layers)
		say(&s->arena, p->loss, &p->loss_count,
				"the root file system is no overlay: changes "
				"in it are not in the archive");
	if (t->spec.net == SPEC_NET_NEW)
		say(&s->arena, p->loss, &p->loss_count,
				"the network namespace is the container's own "
				"and comes back empty");
	for (const struct node *m = spec_mounts(&t->spec); m; m = m->next) {
		struct str at = node_text(node_get(m, "destination"));

		if (spec_is_bind(m) && !str_is(at, "/dev/shm"))
			say(&s->arena, p->loss, &p->loss_count,
					"%.*s is mounted from outside and has "
					"to be there again",
					STR_ARG(at));
	}
}

int preflight_look(struct preflight *p, const struct target *t,
		struct survey *s, struct err *e)
{
	*p = (struct preflight){0};
	if (estimate_processes(t->pid, &p->estimate, e) < 0)
		return -1;
	look_at_files(p, t, s);
	look_for_losses(p, t, s);
	return 0;
}

static void put_list(struct json_out *o, const char *key,
		const char *const *list, size_t n)
{
	json_list(o, key);
	for (size_t i = 0; i < n; i++)
		json_text(o, NULL, list[i]);
	json_list_end(o);
}

void preflight_put(struct buf *b, const struct preflight *p,
		const struct target *t, const struct survey *s)
{
	struct json_out o = json_out(b, INDENT);

	json_map(&o, NULL);
	json_truth(&o, "possible", p->obstacle_count == 0);
	json_text(&o, "id", t->id);
	json_text(&o, "runtime", t->runtime);
	json_whole(&o, "pid", t->pid);
	json_truth(&o, "paused", s->was_frozen);
	json_text(&o, "freezer", s->freezer);
	json_whole(&o, "processes", (int64_t)p->estimate.process_count);
	json_whole(&o, "memoryBytes", (int64_t)p->estimate.memory_bytes);
	put_list(&o, "obstacles", p->obstacle, p->obstacle_count);
	put_list(&o, "notInArchive", p->loss, p->loss_count);
	json_map_end(&o);
	buf_byte(b, '\n');
}
