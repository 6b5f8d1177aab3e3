/*
 * Events as JSON lines.  The little JSON that is needed is written here: the
 * recorder is built before any library is.  Bytes that are not ASCII are
 * written as if they were Latin-1, so that any path gives valid JSON.
 */
#include "static-build/record/event.h"

#include "lib/base/fd.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static void put_quoted(struct buf *b, const char *s)
{
	buf_byte(b, '"');
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\')
			buf_byte(b, '\\');
		if (c < 0x20 || c >= 0x7f)
			buf_fmt(b, "\\u%04x", (unsigned)c);
		else
			buf_byte(b, *s);
	}
	buf_byte(b, '"');
}

static void put_key(struct event *ev, const char *key)
{
	if (ev->needs_comma)
		buf_byte(&ev->b, ',');
	ev->needs_comma = true;
	if (!key)
		return;
	put_quoted(&ev->b, key);
	buf_byte(&ev->b, ':');
}

void event_text(struct event *ev, const char *key, const char *value)
{
	put_key(ev, key);
	put_quoted(&ev->b, value);
}

void event_truth(struct event *ev, const char *key, bool value)
{
	put_key(ev, key);
	buf_text(&ev->b, value ? "true" : "false");
}

void event_whole(struct event *ev, const char *key, int64_t value)
{
	put_key(ev, key);
	buf_fmt(&ev->b, "%lld", (long long)value);
}

void event_null(struct event *ev, const char *key)
{
	put_key(ev, key);
	buf_text(&ev->b, "null");
}

static void open_with(struct event *ev, const char *key, char bracket)
{
	put_key(ev, key);
	buf_byte(&ev->b, bracket);
	ev->needs_comma = false;
}

static void close_with(struct event *ev, char bracket)
{
	buf_byte(&ev->b, bracket);
	ev->needs_comma = true;
}

void event_list(struct event *ev, const char *key)
{
	open_with(ev, key, '[');
}

void event_list_end(struct event *ev)
{
	close_with(ev, ']');
}

void event_map(struct event *ev, const char *key)
{
	open_with(ev, key, '{');
}

void event_map_end(struct event *ev)
{
	close_with(ev, '}');
}

void event_path(const struct context *c, const char *path, char *out)
{
	char real[PATH_MAX];
	const char *p = realpath(path, real) ? real : path;
	size_t n = strlen(c->root);

	if (n && strncmp(p, c->root, n) == 0 && p[n] == '/')
		p += n + 1;
	snprintf(out, PATH_MAX, "%s", p);
}

void event_look(const struct context *c, const char *path, struct event_file *f)
{
	struct stat st;
	uint64_t size;

	event_path(c, path, f->path);
	f->sha256[0] = '\0';
	f->size = -1;
	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	if (sha256_file(path, f->sha256, &size, NULL) < 0)
		f->sha256[0] = '\0';
	else
		f->size = (int64_t)size;
}

void event_looked(struct event *ev, const char *key, const struct event_file *f)
{
	event_map(ev, key);
	event_text(ev, "path", f->path);
	if (f->sha256[0])
		event_text(ev, "sha256", f->sha256);
	else
		event_null(ev, "sha256");
	event_whole(ev, "size", f->size);
	event_map_end(ev);
}

void event_file(struct event *ev, const char *key, const char *path)
{
	struct event_file f;

	event_look(ev->c, path, &f);
	event_looked(ev, key, &f);
}

/* An argument with the project's directory written as ".". */
static void put_argument(struct event *ev, const char *word)
{
	size_t n = strlen(ev->c->root);
	struct buf plain = buf_growing(EVENT_MAX_BYTES);

	while (*word) {
		bool is_root = n && strncmp(word, ev->c->root, n) == 0;

		buf_byte(&plain, is_root ? '.' : *word);
		word += is_root ? n : 1;
	}
	if (plain.full)
		ev->b.full = true;
	event_text(ev, NULL, buf_cstr(&plain));
	buf_free(&plain);
}

void event_start(struct event *ev, const struct context *c, const char *kind,
	const char *tool, char *const *argv, int rc)
{
	char path[PATH_MAX];

	*ev = (struct event){.c = c, .b = buf_growing(EVENT_MAX_BYTES)};
	open_with(ev, NULL, '{');
	event_text(ev, "ev", kind);
	event_text(ev, "name", c->name);
	event_text(ev, "run", c->run);
	event_path(c, c->cwd, path);
	event_text(ev, "cwd", path);
	event_path(c, tool, path);
	event_text(ev, "tool", path);
	event_list(ev, "argv");
	for (size_t i = 0; argv[i]; i++)
		put_argument(ev, argv[i]);
	event_list_end(ev);
	event_whole(ev, "rc", rc);
}

/* Closing unlocks.  Half a line (disk full) is taken back. */
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

int event_write(struct event *ev, struct err *e)
{
	char path[PATH_MAX];
	int rc;

	event_map_end(ev);
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
