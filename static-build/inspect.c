/*
 * inspect - refuse a program that is not what this project promises.
 *
 * What it is for: the last step before a program enters an image.  Flags are
 * wishes; this reads what the linker made of them.
 *
 * How: one table of checks, each looks at one property of the ELF file and
 * says every defect it finds.  All checks always run, so one round of
 * repairing is enough.
 *
 * What it refuses: anything loaded by an interpreter or needing a library,
 * code that needs relocating or can be written, a stack that can be executed,
 * relocations that stay writable, a fixed address, paths of the machine that
 * built it.
 */
#include "static-build/inspect.h"

#include "lib/arc/elf.h"
#include "lib/base/fd.h"

#include <elf.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* x86-64 psABI 6.2, which musl's <elf.h> does not carry. */
#ifndef GNU_PROPERTY_X86_FEATURE_1_AND
#define GNU_PROPERTY_X86_FEATURE_1_AND   0xc0000002
#define GNU_PROPERTY_X86_FEATURE_1_IBT   (1u << 0)
#define GNU_PROPERTY_X86_FEATURE_1_SHSTK (1u << 1)
#endif

enum {
	INSPECT_FILE_MAX = 256 << 20,
	INSPECT_REPORT_MAX = 1 << 20,
	INSPECT_SHOWN = 100, /* bytes of a text found, shown in the report */
};

struct inspect {
	const struct elf *elf;
	const struct inspect_rules *rules;
	const char *name;
	struct buf *report;
	int defects;
};

/* Begin the line of a defect; the caller writes the rest. */
static struct buf *inspect_defect(struct inspect *in)
{
	in->defects++;
	buf_fmt(in->report, "%s: ", in->name);
	return in->report;
}

static void inspect_type(struct inspect *in)
{
	const struct elf *elf = in->elf;
	uint64_t flags = 0;

	if (elf->machine != EM_X86_64 && elf->machine != EM_AARCH64)
		buf_fmt(inspect_defect(in),
			"for a machine that is not "
			"supported (e_machine is %u)\n",
			elf->machine);
	if (elf->type != ET_DYN) {
		buf_fmt(inspect_defect(in),
			"has a fixed address "
			"(e_type is %u, not ET_DYN)\n",
			elf->type);
		return;
	}
	elf_find_dynamic(elf, DT_FLAGS_1, &flags);
	if ((flags & DF_1_PIE) == 0)
		buf_fmt(inspect_defect(in),
			"is no position independent "
			"program (DT_FLAGS_1 is 0x%llx, without DF_1_PIE)\n",
			(unsigned long long)flags);
}

static void inspect_interpreter(struct inspect *in)
{
	struct elf_segment s;

	if (!elf_find_segment(in->elf, PT_INTERP, &s))
		return;
	s.data.n = str_find(s.data, '\0');
	buf_fmt(inspect_defect(in),
		"is started by an interpreter "
		"(PT_INTERP is %.*s)\n",
		STR_ARG(s.data));
}

/* Entries of the dynamic table that no static program has. */
static void inspect_dynamic(struct inspect *in)
{
	static const struct {
		int64_t tag;
		const char *what, *field;
	} banned[] = {
		{DT_NEEDED, "needs a shared library", "DT_NEEDED"},
		{DT_RPATH, "names a place of libraries", "DT_RPATH"},
		{DT_RUNPATH, "names a place of libraries", "DT_RUNPATH"},
		{DT_SONAME, "is a shared library", "DT_SONAME"},
	};

	for (size_t i = 0; i < in->elf->n_dynamic; i++) {
		struct elf_dynamic d = elf_dynamic(in->elf, i);

		for (size_t k = 0; k < sizeof(banned) / sizeof(*banned); k++) {
			struct str s = elf_dynamic_text(in->elf, d.value);

			if (d.tag == banned[k].tag)
				buf_fmt(inspect_defect(in), "%s (%s is %.*s)\n",
					banned[k].what, banned[k].field,
					STR_ARG(s));
		}
	}
}

static void inspect_text_relocations(struct inspect *in)
{
	uint64_t value, flags = 0;

	elf_find_dynamic(in->elf, DT_FLAGS, &flags);
	if (elf_find_dynamic(in->elf, DT_TEXTREL, &value))
		buf_text(inspect_defect(in),
			"relocates its own code (DT_TEXTREL)\n");
	else if ((flags & DF_TEXTREL) != 0)
		buf_text(inspect_defect(in), "relocates its own code "
					     "(DT_FLAGS has DF_TEXTREL)\n");
}

static void inspect_stack(struct inspect *in)
{
	struct elf_segment s;

	if (!elf_find_segment(in->elf, PT_GNU_STACK, &s))
		buf_text(inspect_defect(in),
			"does not say that its stack is "
			"not executable (no PT_GNU_STACK)\n");
	else if ((s.flags & PF_X) != 0)
		buf_text(inspect_defect(in), "has an executable stack "
					     "(PT_GNU_STACK has PF_X)\n");
}

static void inspect_relro(struct inspect *in)
{
	struct elf_segment s;
	uint64_t flags = 0, flags_1 = 0, value;

	if (!elf_find_segment(in->elf, PT_GNU_RELRO, &s))
		buf_text(inspect_defect(in), "leaves its relocated data "
					     "writable (no PT_GNU_RELRO)\n");
	elf_find_dynamic(in->elf, DT_FLAGS, &flags);
	elf_find_dynamic(in->elf, DT_FLAGS_1, &flags_1);
	if ((flags & DF_BIND_NOW) == 0 && (flags_1 & DF_1_NOW) == 0 &&
		!elf_find_dynamic(in->elf, DT_BIND_NOW, &value))
		buf_text(inspect_defect(in),
			"binds late (neither DF_BIND_NOW "
			"in DT_FLAGS nor DF_1_NOW in DT_FLAGS_1)\n");
}

static void inspect_segments(struct inspect *in)
{
	bool has_entry = false;

	for (size_t i = 0; i < in->elf->n_segments; i++) {
		struct elf_segment s = elf_segment(in->elf, i);

		if (s.type != PT_LOAD)
			continue;
		if ((s.flags & PF_X) != 0 && in->elf->entry >= s.address &&
			in->elf->entry - s.address < s.data.n)
			has_entry = true;
		if ((s.flags & PF_W) != 0 && (s.flags & PF_X) != 0)
			buf_fmt(inspect_defect(in),
				"has memory that is "
				"writable and executable (program header %zu, "
				"PT_LOAD at 0x%llx)\n",
				i, (unsigned long long)s.address);
	}
	if (!has_entry)
		buf_fmt(inspect_defect(in),
			"does not start in its code "
			"(e_entry is 0x%llx)\n",
			(unsigned long long)in->elf->entry);
}

/*
 * The bits that all parts of an x86-64 program have in common, from the
 * property note (x86-64 psABI, "Program Property").  0 when there is none.
 */
static uint32_t inspect_cet_bits(const struct elf *elf)
{
	struct elf_section section;
	struct elf_note note;
	uint32_t head[2], bits;

	if (!elf_find_section(elf, ".note.gnu.property", &section))
		return 0;
	while (elf_next_note(&section.data, section.align, &note)) {
		struct str p = note.data;

		while (note.type == NT_GNU_PROPERTY_TYPE_0 &&
			p.n >= sizeof(head)) {
			memcpy(head, p.p, sizeof(head));
			if (head[1] > p.n - sizeof(head))
				return 0;
			if (head[0] == GNU_PROPERTY_X86_FEATURE_1_AND &&
				head[1] == sizeof(bits)) {
				memcpy(&bits, p.p + sizeof(head), sizeof(bits));
				return bits;
			}
			p = str_sub(p,
				sizeof(head) + ((size_t)head[1] + 7) / 8 * 8,
				p.n);
		}
	}
	return 0;
}

static void inspect_cet(struct inspect *in)
{
	const uint32_t both = GNU_PROPERTY_X86_FEATURE_1_IBT |
			      GNU_PROPERTY_X86_FEATURE_1_SHSTK;
	uint32_t bits;

	if (in->elf->machine != EM_X86_64)
		return;
	bits = inspect_cet_bits(in->elf);
	if ((bits & both) == both)
		return;
	if (in->rules->need_cet)
		inspect_defect(in);
	else
		buf_fmt(in->report, "note: %s: ", in->name);
	buf_fmt(in->report,
		"is not marked for control-flow enforcement "
		"(.note.gnu.property has%s%s%s)\n",
		(bits & GNU_PROPERTY_X86_FEATURE_1_IBT) ? " IBT" : "",
		(bits & GNU_PROPERTY_X86_FEATURE_1_SHSTK) ? " SHSTK" : "",
		(bits & both) ? "" : " neither IBT nor SHSTK");
}

static bool inspect_is_text(char c)
{
	return (unsigned char)c >= 0x20 && (unsigned char)c < 0x7f;
}

/* The printable bytes round a place, for a person to recognise. */
static struct str inspect_surroundings(struct str file, size_t at)
{
	size_t from = at, to = at;

	while (from > 0 && at - from < INSPECT_SHOWN / 2 &&
		inspect_is_text(file.p[from - 1]))
		from--;
	while (to < file.n && to - from < INSPECT_SHOWN &&
		inspect_is_text(file.p[to]))
		to++;
	return str_sub(file, from, to - from);
}

static void inspect_path(struct inspect *in, struct str path)
{
	struct str file = in->elf->file, around;
	const char *hit;
	size_t at;

	if (path.n == 0)
		return;
	hit = memmem(file.p, file.n, path.p, path.n);
	if (hit == NULL)
		return;
	at = (size_t)(hit - file.p);
	around = inspect_surroundings(file, at);
	buf_fmt(inspect_defect(in),
		"holds the build path %.*s "
		"(at byte %zu: \"%.*s\")\n",
		STR_ARG(path), at, STR_ARG(around));
}

/* Places where builds happen and no program of ours has business. */
static const struct str inspect_places[] = {
	{"/build/", 7},
	{"/home/", 6},
	{"/tmp/cc", 7}, /* temporary files of the compiler */
	{"/usr/src/", 9},
};

static void inspect_paths(struct inspect *in)
{
	for (size_t i = 0; i < in->rules->n_paths; i++)
		inspect_path(in, in->rules->paths[i]);
	for (size_t i = 0; i < sizeof(inspect_places) / sizeof(struct str); i++)
		inspect_path(in, inspect_places[i]);
}

static void (*const inspect_checks[])(struct inspect *in) = {
	inspect_type,
	inspect_interpreter,
	inspect_dynamic,
	inspect_text_relocations,
	inspect_stack,
	inspect_relro,
	inspect_segments,
	inspect_cet,
	inspect_paths,
};

int inspect_program(struct str file, const char *name,
	const struct inspect_rules *rules, struct buf *report, struct err *e)
{
	struct elf elf;
	struct inspect in = {
		.elf = &elf, .rules = rules, .name = name, .report = report};

	if (elf_open(file, &elf, e) < 0)
		return err_at(e, "%s", name);
	for (size_t i = 0; i < sizeof(inspect_checks) / sizeof(void *); i++)
		inspect_checks[i](&in);
	if (report->full)
		return err_kind(
			e, ERR_LIMIT, "%s: no room for the report", name);
	return in.defects;
}

static struct args_list inspect_forbidden;
static bool inspect_wants_cet;

const struct args_option inspect_options[] = {
	{.name = "forbid",
		.type = ARGS_LIST,
		.value = &inspect_forbidden,
		.meta = "TEXT",
		.help = "Refuse programs that hold this text in any byte"},
	{.name = "cet",
		.type = ARGS_SWITCH,
		.value = &inspect_wants_cet,
		.help = "Refuse x86-64 programs that are not marked for "
			"control-flow enforcement"},
	{0},
};

/* One file; what is found goes to standard error. Defects, or -1. */
static int inspect_file(
	const char *path, const struct inspect_rules *rules, struct err *e)
{
	AUTO_BUF struct buf file = buf_growing(INSPECT_FILE_MAX);
	AUTO_BUF struct buf report = buf_growing(INSPECT_REPORT_MAX);
	int defects;

	if (file_read(path, &file, e) < 0)
		return -1;
	defects = inspect_program(buf_view(&file), path, rules, &report, e);
	if (report.n > 0)
		fprintf(stderr, "%.*s", STR_ARG(buf_view(&report)));
	if (defects == 0)
		printf("%s: static-pie, RELRO, NOW, NX, no build path\n", path);
	return defects;
}

int inspect_main(size_t n, const char *const *operands)
{
	struct str paths[ARGS_LIST_MAX + 1];
	struct inspect_rules rules = {
		.paths = paths, .need_cet = inspect_wants_cet};
	char here[PATH_MAX];
	struct err e = {0};
	int bad = 0;

	for (size_t i = 0; i < inspect_forbidden.n; i++)
		paths[rules.n_paths++] = str_of(inspect_forbidden.item[i]);
	/* "/" alone would be in every program */
	if (getcwd(here, sizeof(here)) != NULL && here[1] != '\0')
		paths[rules.n_paths++] = str_of(here);
	for (size_t i = 0; i < n; i++) {
		int defects = inspect_file(operands[i], &rules, &e);

		if (defects < 0)
			fprintf(stderr, "keelson: inspect: %s\n", e.text);
		if (defects != 0)
			bad = 1;
	}
	return bad;
}
