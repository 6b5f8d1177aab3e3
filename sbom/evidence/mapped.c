/* mapped - mmap(2) and munmap(2), with errors that name the file. */
#include "sbom/evidence/mapped.h"

#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int mapped_open(const char *path, struct str *out, struct err *e)
{
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *p;

	*out = (struct str){0};
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, "open %s", path);
	if (st.st_size == 0)
		return 0;
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return err_sys(e, "map %s", path);
	*out = (struct str){p, (size_t)st.st_size};
	return 0;
}

int mapped_open_optional(const char *path, struct str *out, struct err *e)
{
	*out = (struct str){0};
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return 0;
	return mapped_open(path, out, e);
}

void mapped_close(struct str text)
{
	if (text.n > 0)
		munmap((void *)(uintptr_t)text.p, text.n);
}
