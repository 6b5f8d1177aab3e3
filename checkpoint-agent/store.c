/*
 * store - see store.h.
 */
#include "checkpoint-agent/store.h"

#include "checkpoint-agent/name.h"
#include "checkpoint-agent/sidecar.h"
#include "lib/base/arena.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"
#include "lib/base/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#define NAMES_BYTES 512
#define ARENA_MAX   (64u << 20)
#define ENTRIES_MAX 65536

/* One archive; texts lie in the arena of the listing. */
struct item {
	const char *file;
	struct str names; /* "NAMESPACE/POD/CONTAINER", empty: not marked */
	int64_t time_s;
	uint64_t made_ns; /* when its file was written last */
	uint64_t bytes;
};

struct items {
	struct arena arena;
	struct item *item;
	size_t n, room;
};

/* ---- names -------------------------------------------------------------- */

void store_mark(int fd, const struct spec_names *names)
{
	char text[NAMES_BYTES];
	struct buf b = buf_fixed(text, sizeof(text));

	buf_fmt(&b, "%.*s/%.*s/%.*s", STR_ARG(names->namespace),
		STR_ARG(names->pod), STR_ARG(names->container));
	if (!b.full)
		fsetxattr(fd, STORE_ATTRIBUTE, b.p, b.n, 0);
}

/* A part of "NAMESPACE/POD/CONTAINER". */
static struct str part_of(struct str names, int which)
{
	struct str part = {0};

	for (int i = 0; i <= which; i++)
		if (!str_cut(&names, '/', &part))
			return (struct str){0};
	return part;
}

static bool is_asked(struct str want, struct str have)
{
	return want.n == 0 || str_eq(want, have);
}

static bool matches(const struct item *i, const struct store_filter *f)
{
	if (i->names.n == 0)
		return name_is_of(
			str_of(i->file), f->namespace, f->pod, f->container);
	return is_asked(f->namespace, part_of(i->names, 0)) &&
	       is_asked(f->pod, part_of(i->names, 1)) &&
	       is_asked(f->container, part_of(i->names, 2));
}

/* ---- reading the directory ---------------------------------------------- */

static struct str read_names(int fd, struct arena *a)
{
	char text[NAMES_BYTES];
	ssize_t n = fgetxattr(fd, STORE_ATTRIBUTE, text, sizeof(text));
	char *copy;

	if (n <= 0)
		return (struct str){0};
	copy = arena_copy(a, (struct str){text, (size_t)n});
	return str_of(copy);
}

/* 1: it is an archive; 0: something else, or gone. */
static int look_at(int dir, const char *file, struct arena *a, struct item *i)
{
	AUTO_FD int fd = -1;
	struct stat st;
	uint32_t again; /* a name that is free again is given again */

	*i = (struct item){0};
	if (name_parse_time(str_of(file), &i->time_s, &again) < 0)
		return 0;
	fd = openat(dir, file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	i->bytes = (uint64_t)st.st_size;
	i->made_ns = (uint64_t)st.st_mtim.tv_sec * 1000000000 +
		     (uint64_t)st.st_mtim.tv_nsec;
	i->names = read_names(fd, a);
	i->file = arena_copy(a, str_of(file));
	return i->file != NULL;
}

static int add(struct items *l, const struct item *i, struct err *e)
{
	if (l->n == ENTRIES_MAX)
		return err_kind(
			e, ERR_LIMIT, "more than %d archives", ENTRIES_MAX);
	if (l->n == l->room) {
		size_t room = l->room ? 2 * l->room : 64;
		struct item *more = realloc(l->item, room * sizeof(*more));

		if (!more)
			return err_kind(e, ERR_LIMIT, "out of memory");
		l->item = more;
		l->room = room;
	}
	l->item[l->n++] = *i;
	return 0;
}

static int by_age(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	if (x->time_s != y->time_s)
		return x->time_s < y->time_s ? -1 : 1;
	if (x->made_ns != y->made_ns)
		return x->made_ns < y->made_ns ? -1 : 1;
	return strcmp(x->file, y->file);
}

static int read_dir(int dir, DIR *d, struct items *l, struct err *e)
{
	struct dirent *entry;
	struct item i;

	while ((entry = readdir(d)))
		if (look_at(dir, entry->d_name, &l->arena, &i) &&
			add(l, &i, e) < 0)
			return -1;
	if (l->n)
		qsort(l->item, l->n, sizeof(*l->item), by_age);
	return 0;
}

static void items_free(struct items *l)
{
	free(l->item);
	arena_free(&l->arena);
}
#define AUTO_ITEMS __attribute__((cleanup(items_free)))

static int items_read(int dir, struct items *l, struct err *e)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	int rc;

	if (!d) {
		fd_close(&fd);
		return err_sys(e, "directory of archives");
	}
	rc = read_dir(dir, d, l, e);
	closedir(d);
	return rc;
}

/* ---- list, open, remove ------------------------------------------------- */

static void put_item(struct json_out *o, const struct item *i)
{
	char time[32];
	struct buf b = buf_fixed(time, sizeof(time));

	name_put_time(&b, i->time_s);
	json_map(o, NULL);
	json_text(o, "name", i->file);
	if (i->names.n) {
		json_str(o, "namespace", part_of(i->names, 0));
		json_str(o, "pod", part_of(i->names, 1));
		json_str(o, "container", part_of(i->names, 2));
	}
	json_str(o, "time", buf_view(&b));
	json_whole(o, "bytes", (int64_t)i->bytes);
	json_truth(
		o, "encrypted", str_has_suffix(str_of(i->file), STR(".age")));
	json_map_end(o);
}

int store_list(
	int dir, const struct store_filter *f, struct buf *out, struct err *e)
{
	AUTO_ITEMS struct items l = {.arena = arena_make(ARENA_MAX)};
	struct json_out o = json_out(out, 0);

	if (items_read(dir, &l, e) < 0)
		return -1;
	json_map(&o, NULL);
	json_list(&o, "items");
	for (size_t i = 0; i < l.n; i++)
		if (matches(&l.item[i], f))
			put_item(&o, &l.item[i]);
	json_list_end(&o);
	json_map_end(&o);
	return out->full ? err_kind(e, ERR_LIMIT, "list too long") : 0;
}

static int find(int dir, const struct store_filter *f, const char *name,
	struct item *i, struct arena *a, struct err *e)
{
	if (!strchr(name, '/') && look_at(dir, name, a, i) && matches(i, f))
		return 0;
	return err_kind(e, ERR_ABSENT, "no archive %s", name);
}

/* "a.tar.sha256" is found as a.tar is. */
static struct str archive_of(const char *name)
{
	const struct str tail = STR(SIDECAR_SUFFIX);
	struct str s = str_of(name);

	return str_has_suffix(s, tail) ? str_sub(s, 0, s.n - tail.n) : s;
}

int store_open(int dir, const struct store_filter *f, const char *name,
	struct store_file *out, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(ARENA_MAX);
	AUTO_FD int fd = -1;
	const char *archive = arena_copy(&a, archive_of(name));
	struct stat st;
	struct item i;

	if (!archive || find(dir, f, archive, &i, &a, e) < 0)
		return err_kind(e, ERR_ABSENT, "no archive %s", name);
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return err_kind(e, ERR_ABSENT, "no file %s", name);
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, "%s", name);
	*out = (struct store_file){.bytes = (uint64_t)st.st_size,
		.changed_ns = (uint64_t)st.st_mtim.tv_sec * 1000000000 +
			      (uint64_t)st.st_mtim.tv_nsec};
	out->fd = fd_take(&fd);
	return 0;
}

int store_remove(
	int dir, const struct store_filter *f, const char *name, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(ARENA_MAX);
	struct item i;

	if (find(dir, f, name, &i, &a, e) < 0)
		return -1;
	if (unlinkat(dir, name, 0) < 0)
		return err_sys(e, "remove %s", name);
	sidecar_remove(dir, name);
	return 0;
}

/* ---- room --------------------------------------------------------------- */

static int free_bytes(int dir, uint64_t *bytes, struct err *e)
{
	struct statvfs v;

	if (fstatvfs(dir, &v) < 0)
		return err_sys(e, "free space");
	*bytes = (uint64_t)v.f_bavail * v.f_frsize;
	return 0;
}

/* Without names the head of the file name stands for them. */
static struct str container_key(const struct item *i)
{
	struct str s = str_of(i->file);
	size_t tail = sizeof("2026-11-23T02:38:33Z.tar") - 1;

	if (i->names.n)
		return i->names;
	return str_sub(s, 0, s.n > tail ? s.n - tail : 0);
}

static void weigh(
	const struct items *l, const char *made, struct retain_entry *entries)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct item *it = &l->item[i];

		entries[i] = (struct retain_entry){
			.id = i,
			.container = container_key(it),
			.namespace = part_of(it->names, 0),
			.time_s = it->time_s,
			.made_ns = it->made_ns,
			.bytes = it->bytes,
			.is_new = strcmp(it->file, made) == 0,
		};
	}
}

static int remove_one(
	int dir, const struct item *i, struct store_removed *r, struct err *e)
{
	if (unlinkat(dir, i->file, 0) < 0)
		return errno == ENOENT ? 0 : err_sys(e, "remove %s", i->file);
	sidecar_remove(dir, i->file);
	r->archives++;
	r->bytes += i->bytes;
	log_event(LOG_INFO, "archive removed by retention", "file", i->file,
		NULL);
	return 0;
}

static int remove_gone(int dir, const struct items *l,
	const struct retain_entry *entries, struct store_removed *r,
	struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < l->n; i++)
		if (entries[i].is_gone &&
			remove_one(dir, &l->item[entries[i].id], r,
				rc ? NULL : e) < 0)
			rc = -1;
	return rc;
}

int store_retain(int dir, const struct retain_limits *limits, const char *made,
	struct store_removed *r, struct err *e)
{
	AUTO_ITEMS struct items l = {.arena = arena_make(ARENA_MAX)};
	struct retain_now now = {.time_s = time(NULL)};
	struct retain_entry *entries;
	int rc;

	*r = (struct store_removed){0};
	if (free_bytes(dir, &now.free_bytes, e) < 0)
		return -1;
	if (items_read(dir, &l, e) < 0 || sidecar_sweep(dir, e) < 0)
		return -1;
	entries = calloc(l.n + 1, sizeof(*entries));
	if (!entries)
		return err_kind(e, ERR_LIMIT, "out of memory");
	weigh(&l, made, entries);
	retain_choose(entries, l.n, limits, &now);
	rc = remove_gone(dir, &l, entries, r, e);
	free(entries);
	return rc;
}

/* What retention could let go of; 0 when that cannot be told. */
static uint64_t old_bytes(int dir)
{
	AUTO_ITEMS struct items l = {.arena = arena_make(ARENA_MAX)};
	uint64_t bytes = 0;

	if (items_read(dir, &l, NULL) < 0)
		return 0;
	for (size_t i = 0; i < l.n; i++)
		bytes += l.item[i].bytes;
	return bytes;
}

int store_check_room(
	int dir, const struct retain_limits *l, uint64_t bytes, struct err *e)
{
	uint64_t have = 0, old;

	if (l->max_bytes && bytes > l->max_bytes)
		return err_kind(e, ERR_LIMIT,
			"about %llu bytes, more than all archives "
			"together may have (%llu)",
			(unsigned long long)bytes,
			(unsigned long long)l->max_bytes);
	if (free_bytes(dir, &have, e) < 0)
		return -1;
	old = l->min_free_bytes ? old_bytes(dir) : 0;
	if (have >= bytes && have - bytes + old >= l->min_free_bytes)
		return 0;
	return err_kind(e, ERR_LIMIT,
		"about %llu bytes, %llu are free and %llu must stay "
		"so",
		(unsigned long long)bytes, (unsigned long long)have,
		(unsigned long long)l->min_free_bytes);
}
