/*
 * target - the few bytes of an ELF header, else the configuration of the image.
 */
#include "images/cmd/target.h"

#include "images/read/view.h"
#include "lib/arc/arch.h"
#include "lib/base/fd.h"
#include "lib/base/regular.h"

#include <elf.h>
#include <string.h>
#include <sys/stat.h>

/* The machine that an ELF file is for; EM_NONE for any other file. */
static uint16_t elf_machine(const char *path)
{
	unsigned char head[offsetof(Elf64_Ehdr, e_machine) + 2];
	AUTO_FD int fd = -1;
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode) ||
		st.st_size < (off_t)sizeof(head) ||
		regular_open(path, &fd, NULL) < 0 ||
		fd_read(fd, head, sizeof(head), NULL) < 0 ||
		memcmp(head, ELFMAG, SELFMAG) != 0)
		return EM_NONE;
	return (uint16_t)(head[sizeof(head) - 2] |
			  (unsigned)head[sizeof(head) - 1] << 8);
}

static const struct arch *image_arch(const char *path, const char *platform)
{
	const struct choice choice = {.platform = platform};
	AUTO_VIEW struct view v = {0};

	if (view_open_one(path, &choice, &v, NULL) < 0)
		return NULL;
	return arch_find(node_text(node_get(v.config, "architecture")));
}

const char *target_arch(const char *path, const char *platform)
{
	const struct arch *is = arch_of_machine(elf_machine(path));

	if (!is)
		is = image_arch(path, platform);
	if (!is)
		is = arch_native();
	return is ? is->name : "";
}
