/*
 * policy - names and mode bits are looked up in tables, programs are judged by
 * their ELF header.
 *
 * Programs have passed lib/arc/hardening before they get here.
 */
#include "images/assemble/policy.h"

#include "lib/arc/arch.h"
#include "lib/arc/elf.h"
#include "lib/base/fd.h"

#include <elf.h>

#define SHELL   "a shell"
#define MANAGER "a package manager"

/* File names that are refused in any directory. */
static const struct {
	const char *name, *what;
} policy_names[] = {
	{"sh", SHELL},
	{"ash", SHELL},
	{"bash", SHELL},
	{"dash", SHELL},
	{"ksh", SHELL},
	{"zsh", SHELL},
	{"busybox", SHELL},
	{"toybox", SHELL},
	{"apk", MANAGER},
	{"apt", MANAGER},
	{"apt-get", MANAGER},
	{"dpkg", MANAGER},
	{"rpm", MANAGER},
	{"dnf", MANAGER},
	{"yum", MANAGER},
	{"opkg", MANAGER},
};

static int policy_refuse(
	const struct tree_entry *x, const char *why, struct err *e)
{
	return err_kind(e, ERR_DENIED, "/%.*s is %s, which no image may hold",
		STR_ARG(x->path), why);
}

/* "libc.so", "libz.so.1", "ld-linux-x86-64.so.2". */
static bool is_shared_library(struct str name)
{
	for (size_t i = 0; i + 3 <= name.n; i++) {
		struct str rest = str_sub(name, i, name.n);

		if (str_is(rest, ".so") || str_has_prefix(rest, STR(".so.")))
			return true;
	}
	return false;
}

static int policy_check_name(const struct tree_entry *x, struct err *e)
{
	struct str name = str_base_name(x->path);

	/* OCI image-spec layer.md, "Whiteouts" */
	if (str_has_prefix(name, STR(".wh.")))
		return policy_refuse(x, "a whiteout", e);
	if (x->type == TREE_DIR)
		return 0;
	for (size_t i = 0; i < sizeof(policy_names) / sizeof(*policy_names);
		i++)
		if (str_is(name, policy_names[i].name))
			return policy_refuse(x, policy_names[i].what, e);
	if (is_shared_library(name))
		return policy_refuse(x, "a shared library", e);
	return 0;
}

static int policy_check_mode(const struct tree_entry *x, struct err *e)
{
	bool is_sticky_dir = x->type == TREE_DIR && (x->mode & 01000);

	if (x->type == TREE_LINK)
		return 0;
	if ((x->mode & 04000) || (x->type == TREE_FILE && (x->mode & 02000)))
		return policy_refuse(x, "set-user-ID or set-group-ID", e);
	if ((x->mode & 0002) && !is_sticky_dir)
		return policy_refuse(x, "writable by anybody", e);
	if (x->type == TREE_FILE && (x->mode & 0111) &&
		x->origin != TREE_PROGRAM && x->origin != TREE_UNTRACED)
		return policy_refuse(x, "executable but not built here", e);
	return 0;
}

static int policy_check_machine(const struct tree_entry *x,
	const struct elf *elf, const char *arch, struct err *e)
{
	const struct arch *is = arch_of_machine(elf->machine);

	if (is && str_is(str_of(arch), is->name))
		return 0;
	return err_kind(e, ERR_DENIED,
		"/%.*s is a program for %s, and the image is for %s",
		STR_ARG(x->path), is ? is->name : "another processor", arch);
}

static int policy_check_program(
	const struct tree_entry *x, const char *arch, struct err *e)
{
	AUTO_BUF struct buf file = buf_growing(POLICY_PROGRAM_BYTES);
	struct elf_segment segment;
	struct elf elf;

	if ((x->origin != TREE_PROGRAM && x->origin != TREE_UNTRACED) ||
		x->type != TREE_FILE)
		return 0;
	if (file_read(x->source, &file, e) < 0)
		return -1;
	if (elf_open(buf_view(&file), &elf, e) < 0)
		return err_at(e, "/%.*s", STR_ARG(x->path));
	if (policy_check_machine(x, &elf, arch, e) < 0)
		return -1;
	if (elf_find_segment(&elf, PT_INTERP, &segment))
		return policy_refuse(x, "a program that is not static", e);
	return 0;
}

int policy_check(const struct tree *t, const char *arch, struct err *e)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct tree_entry *x = &t->entries[i];

		if (policy_check_name(x, e) < 0 ||
			policy_check_mode(x, e) < 0 ||
			policy_check_program(x, arch, e) < 0)
			return -1;
	}
	return 0;
}
