/* lock_file - compare and replace under flock(2). */
#include "images/fresh/lock_file.h"

#include "lib/base/fd.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define LOCK_FILE_BYTES ((size_t)16 << 20)
#define LOCK_FILE_PATH  4096

static int lock_file_hold(const char *path, int *fd, struct err *e)
{
	char dir[LOCK_FILE_PATH];
	struct buf b = buf_fixed(dir, sizeof(dir));
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		buf_text(&b, ".");
	else
		buf_put(&b, path, (size_t)(slash - path) + 1);
	if (buf_cstr(&b), b.full)
		return err_kind(e, ERR_LIMIT, "%s: path too long", path);
	*fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0 || flock(*fd, LOCK_EX) < 0)
		return err_sys(e, "%s", dir);
	return 0;
}

int lock_file_replace(
	const char *path, struct str before, struct str after, struct err *e)
{
	AUTO_BUF struct buf now = buf_growing(LOCK_FILE_BYTES);
	AUTO_FD int fd = -1;

	if (lock_file_hold(path, &fd, e) < 0)
		return -1;
	if (access(path, F_OK) == 0 && file_read(path, &now, e) < 0)
		return -1;
	if (!str_eq(buf_view(&now), before))
		return err_kind(e, ERR_BUSY,
			"%s was changed meanwhile and is left as it is; run it "
			"again",
			path);
	return file_write(path, after, 0644, e);
}
