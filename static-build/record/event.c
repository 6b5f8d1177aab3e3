/*
 * event - an event is built in a growing buffer and appended to events.jsonl
 * under flock(2), because many tools run at once.  Half a line, as a full disk
 * leaves it, is truncated again.
 */
#include "static-build/record/event.h"

#include "lib/base/fd.h"
#include "static-build/record/known.h"
#include "static-build/record/resolved.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static bool event_resolve(const struct context *c, const char *path,
	struct stat *st, char out[PATH_MAX])
{
	bool is_there = resolved_path(path, st, out);
	size_t n = strlen(c->root);

	if (n && strncmp(out, c->root, n) == 0 && out[n] == '/')
		memmove(out, out + n + 1, strlen(out + n + 1) + 1);
	return is_there;
}

void event_path(const struct context *c, const char *path, char *out)
{
	struct stat st;

	event_resolve(c, path, &st, out);
}

bool event_look(const struct context *c, const char *path, struct event_file *f)
{
	struct stat st;
	bool is_there = event_resolve(c, path, &st, f->path);

	f->sha256[0] = '\0';
	f->size = -1;
	if (!is_there || !S_ISREG(st.st_mode))
		return is_there;
	if (known_digest(path, &st, f->sha256, NULL) < 0)
		f->sha256[0] = '\0';
	else
		f->size = (int64_t)st.st_size;
	return true;
}

void event_put(struct json_out *o, const char *key, const struct event_file *f)
{
	json_map(o, key);
	json_text(o, "path", f->path);
	if (f->sha256[0])
		json_text(o, "sha256", f->sha256);
	else
		json_null(o, "sha256");
	json_whole(o, "size", f->size);
	json_map_end(o);
}

void event_put_now(struct event *ev, const char *key, const char *path)
{
	struct event_file f;

	event_look(ev->c, path, &f);
	event_put(&ev->json, key, &f);
}

/* An argument, with the project's directory in it written as ".". */
static void put_argument(struct event *ev, const char *word)
{
	AUTO_BUF struct buf plain = buf_growing(EVENT_MAX_BYTES);
	size_t n = strlen(ev->c->root);

	while (*word) {
		bool is_root = n && strncmp(word, ev->c->root, n) == 0;

		buf_byte(&plain, is_root ? '.' : *word);
		word += is_root ? n : 1;
	}
	if (plain.full)
		ev->b.full = true;
	json_str(&ev->json, NULL, buf_view(&plain));
}

void event_start(struct event *ev, const struct context *c, const char *kind,
	const struct event_call *call)
{
	struct json_out *o = &ev->json;
	char path[PATH_MAX];

	*ev = (struct event){.c = c, .b = buf_growing(EVENT_MAX_BYTES)};
	*o = json_out(&ev->b, 0);
	json_map(o, NULL);
	json_text(o, "ev", kind);
	json_text(o, "name", c->name);
	json_text(o, "run", c->run);
	event_path(c, c->cwd, path);
	json_text(o, "cwd", path);
	event_path(c, call->tool, path);
	json_text(o, "tool", path);
	json_list(o, "argv");
	for (size_t i = 0; call->argv[i]; i++)
		put_argument(ev, call->argv[i]);
	json_list_end(o);
	json_whole(o, "rc", call->rc);
}

/* Closing the file releases the lock. */
static int append_line(const char *path, struct str line, struct err *e)
{
	AUTO_FD int fd =
		open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	struct stat st;

	if (fd < 0)
		return err_sys(e, "open");
	if (flock(fd, LOCK_EX) < 0 || fstat(fd, &st) < 0)
		return err_sys(e, "lock");
	if (fd_write(fd, line.p, line.n, e) == 0)
		return 0;
	if (ftruncate(fd, st.st_size) < 0)
		return err_at(e, "left half a line");
	return -1;
}

int event_drop(struct event *ev)
{
	buf_free(&ev->b);
	return -1;
}

int event_write(struct event *ev, struct err *e)
{
	char path[PATH_MAX];
	int rc;

	json_map_end(&ev->json);
	buf_byte(&ev->b, '\n');
	if (ev->b.full)
		rc = err_kind(e, ERR_LIMIT, "event larger than %u bytes",
			EVENT_MAX_BYTES);
	else if ((size_t)snprintf(path, sizeof path, "%s/events.jsonl",
			 ev->c->dir) >= sizeof path)
		rc = err_set(e, "path too long");
	else
		rc = append_line(path, buf_view(&ev->b), e);
	buf_free(&ev->b);
	return rc < 0 ? err_at(e, "%s/events.jsonl", ev->c->dir) : 0;
}
