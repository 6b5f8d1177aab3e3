/* prove_store - several processes may put the same file at once. */
#include "sbom/prove/prove_store.h"
#include "sbom/prove/prove_path.h"

#include "lib/base/fd.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int prove_store_put(const struct prove_store *s, struct str name,
	struct str bytes, struct buf *path, struct err *e)
{
	char part[PROVE_PATH_BYTES];
	AUTO_FD int fd = -1;
	int n;

	buf_reset(path);
	buf_fmt(path, "%s/%.*s", s->dir, STR_ARG(name));
	n = snprintf(
		part, sizeof(part), "%s.%ld", buf_cstr(path), (long)getpid());
	if (path->full || n < 0 || (size_t)n >= sizeof(part))
		return err_kind(e, ERR_LIMIT, "%s: path too long", s->dir);
	if (access(buf_cstr(path), F_OK) == 0)
		return 0;
	fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0555);
	if (fd < 0)
		return err_sys(e, "%s", part);
	if (fd_write(fd, bytes.p, bytes.n, e) < 0)
		return err_at(e, "%s", part);
	return rename(part, buf_cstr(path)) < 0 ? err_sys(e, "%s", part) : 0;
}
