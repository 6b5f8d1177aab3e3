/*
 * context - settings, and files below build/evidence/NAME.
 *
 * Files are written under a name of this process and renamed, because several
 * recorders work at once and readers must not see half a file.
 */
#include "static-build/record/context.h"

#include "lib/base/fd.h"
#include "static-build/record/known.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *from_environment(const char *key)
{
	const char *value = getenv(key);

	return value ? value : "";
}

static int make_directory(const char *dir, const char *sub, struct err *e)
{
	char path[PATH_MAX];

	if ((size_t)snprintf(path, sizeof path, "%s/%s", dir, sub) >=
		sizeof path)
		return err_set(e, "%s: path too long", dir);
	if (access(path, W_OK) == 0)
		return 0;
	return dir_make(path, 0755, e);
}

int context_load(struct context *c, struct err *e)
{
	ssize_t n = readlink("/proc/self/exe", c->self, sizeof c->self - 1);

	if (n < 0)
		return err_sys(e, "/proc/self/exe");
	c->self[n] = '\0';
	c->dir = from_environment("RECORD_DIR");
	c->root = from_environment("RECORD_ROOT");
	c->name = from_environment("RECORD_NAME");
	c->run = from_environment("RECORD_RUN");
	c->is_on = *c->dir != '\0';
	if (!c->is_on)
		return 0;
	known_use(from_environment("RECORD_KNOWN"));
	if (!getcwd(c->cwd, sizeof c->cwd))
		return err_sys(e, "current directory");
	if (make_directory(c->dir, "tmp", e) < 0 ||
		make_directory(c->dir, "maps", e) < 0)
		return -1;
	return make_directory(c->dir, "objects", e);
}

int context_temporary(const struct context *c, const char *suffix,
	char out[PATH_MAX], struct err *e)
{
	static unsigned count;
	int n = snprintf(out, PATH_MAX, "%s/tmp/%ld-%u%s", c->dir,
		(long)getpid(), count++, suffix);

	if (n < 0 || n >= PATH_MAX)
		return err_set(e, "%s: path too long", c->dir);
	return 0;
}

static int copy_bytes(const char *from, const char *to, struct err *e)
{
	AUTO_FD int in = open(from, O_RDONLY | O_CLOEXEC);
	AUTO_FD int out = -1;
	char chunk[4096];
	ssize_t n;

	if (in < 0)
		return err_sys(e, "%s", from);
	out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (out < 0)
		return err_sys(e, "%s", to);
	while ((n = read(in, chunk, sizeof chunk)) > 0)
		if (fd_write(out, chunk, (size_t)n, e) < 0)
			return err_at(e, "%s", to);
	return n < 0 ? err_sys(e, "%s", from) : 0;
}

int context_keep(const struct context *c, const char *path, const char *sub,
	const char *name, struct err *e)
{
	static char part[PATH_MAX], kept[PATH_MAX];
	int n = snprintf(kept, sizeof kept, "%s/%s/%s", c->dir, sub, name);

	if (n < 0 || (size_t)n >= sizeof kept)
		return err_set(e, "%s: path too long", c->dir);
	if (access(kept, F_OK) == 0)
		return 0;
	if (context_temporary(c, ".keep", part, e) < 0 ||
		copy_bytes(path, part, e) < 0)
		return -1;
	if (rename(part, kept) < 0)
		return err_sys(e, "%s", kept);
	return 0;
}
