/*
 * hardening - read what the linker made of the flags it was given.
 *
 * One table of checks; each looks at one property of the ELF file and reports
 * every defect it finds.  All checks always run, so one round of repairs is
 * enough.
 *
 * Defects: an interpreter or a shared library, code that needs relocating or
 * is writable, an executable stack, relocations that stay writable, lazy
 * binding, a fixed address, paths of the machine that built it.
 */
#include "lib/arc/hardening.h"

#include "lib/arc/arch.h"
#include "lib/arc/elf.h"
#include "lib/arc/elf_note.h"

#include <elf.h>
#include <string.h>

/* x86-64 psABI 6.2, which musl's <elf.h> does not carry. */
#ifndef GNU_PROPERTY_X86_FEATURE_1_AND
#define GNU_PROPERTY_X86_FEATURE_1_AND   0xc0000002
#define GNU_PROPERTY_X86_FEATURE_1_IBT   (1u << 0)
#define GNU_PROPERTY_X86_FEATURE_1_SHSTK (1u << 1)
#endif

enum {
	HARDENING_SHOWN = 100, /* bytes of a text found, shown in the report */
};

struct hardening {
	const struct elf *elf;
	const struct hardening_rules *rules;
	const char *name;
	struct buf *report;
	int defects;
};

/* Start the line of a defect; the caller writes the rest. */
static struct buf *hardening_defect(struct hardening *in)
{
	in->defects++;
	buf_fmt(in->report, "%s: ", in->name);
	return in->report;
}

static void hardening_type(struct hardening *in)
{
	const struct elf *elf = in->elf;
	uint64_t flags = 0;

	if (!arch_of_machine(elf->machine))
		buf_fmt(hardening_defect(in),
			"for a machine that is not "
			"supported (e_machine is %u)\n",
			elf->machine);
	if (elf->type != ET_DYN) {
		buf_fmt(hardening_defect(in),
			"has a fixed address "
			"(e_type is %u, not ET_DYN)\n",
			elf->type);
		return;
	}
	elf_find_dynamic(elf, DT_FLAGS_1, &flags);
	if ((flags & DF_1_PIE) == 0)
		buf_fmt(hardening_defect(in),
			"is not a position-independent "
			"program (DT_FLAGS_1 is 0x%llx, without DF_1_PIE)\n",
			(unsigned long long)flags);
}

static void hardening_interpreter(struct hardening *in)
{
	struct elf_segment s;

	if (!elf_find_segment(in->elf, PT_INTERP, &s))
		return;
	s.data.n = str_find(s.data, '\0');
	buf_fmt(hardening_defect(in),
		"is started by an interpreter "
		"(PT_INTERP is %.*s)\n",
		STR_ARG(s.data));
}

/* Entries of the dynamic table that no static program has. */
static void hardening_dynamic(struct hardening *in)
{
	static const struct {
		int64_t tag;
		const char *what, *field;
	} banned[] = {
		{DT_NEEDED, "needs a shared library", "DT_NEEDED"},
		{DT_RPATH, "names a directory of libraries", "DT_RPATH"},
		{DT_RUNPATH, "names a directory of libraries", "DT_RUNPATH"},
		{DT_SONAME, "is a shared library", "DT_SONAME"},
	};

	for (size_t i = 0; i < in->elf->n_dynamic; i++) {
		struct elf_dynamic d = elf_dynamic(in->elf, i);

		for (size_t k = 0; k < sizeof(banned) / sizeof(*banned); k++) {
			struct str s = elf_dynamic_text(in->elf, d.value);

			if (d.tag == banned[k].tag)
				buf_fmt(hardening_defect(in),
					"%s (%s is %.*s)\n", banned[k].what,
					banned[k].field, STR_ARG(s));
		}
	}
}

static void hardening_text_relocations(struct hardening *in)
{
	uint64_t value, flags = 0;

	elf_find_dynamic(in->elf, DT_FLAGS, &flags);
	if (elf_find_dynamic(in->elf, DT_TEXTREL, &value))
		buf_text(hardening_defect(in),
			"relocates its own code (DT_TEXTREL)\n");
	else if ((flags & DF_TEXTREL) != 0)
		buf_text(hardening_defect(in), "relocates its own code "
					       "(DT_FLAGS has DF_TEXTREL)\n");
}

static void hardening_stack(struct hardening *in)
{
	struct elf_segment s;

	if (!elf_find_segment(in->elf, PT_GNU_STACK, &s))
		buf_text(hardening_defect(in),
			"does not say that its stack is "
			"not executable (no PT_GNU_STACK)\n");
	else if ((s.flags & PF_X) != 0)
		buf_text(hardening_defect(in), "has an executable stack "
					       "(PT_GNU_STACK has PF_X)\n");
}

static void hardening_relro(struct hardening *in)
{
	struct elf_segment s;
	uint64_t flags = 0, flags_1 = 0, value;

	if (!elf_find_segment(in->elf, PT_GNU_RELRO, &s))
		buf_text(hardening_defect(in), "leaves its relocated data "
					       "writable (no PT_GNU_RELRO)\n");
	elf_find_dynamic(in->elf, DT_FLAGS, &flags);
	elf_find_dynamic(in->elf, DT_FLAGS_1, &flags_1);
	if ((flags & DF_BIND_NOW) == 0 && (flags_1 & DF_1_NOW) == 0 &&
		!elf_find_dynamic(in->elf, DT_BIND_NOW, &value))
		buf_text(hardening_defect(in),
			"binds lazily (neither DF_BIND_NOW "
			"in DT_FLAGS nor DF_1_NOW in DT_FLAGS_1)\n");
}

static void hardening_segments(struct hardening *in)
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
			buf_fmt(hardening_defect(in),
				"has memory that is "
				"writable and executable (program header %zu, "
				"PT_LOAD at 0x%llx)\n",
				i, (unsigned long long)s.address);
	}
	if (!has_entry)
		buf_fmt(hardening_defect(in),
			"does not start in its code "
			"(e_entry is 0x%llx)\n",
			(unsigned long long)in->elf->entry);
}

/*
 * The bits that all parts of an x86-64 program have in common, from the
 * property note (x86-64 psABI, "Program Property").  0 when there is none.
 */
static uint32_t hardening_cet_bits(const struct elf *elf)
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

static void hardening_cet(struct hardening *in)
{
	const uint32_t both = GNU_PROPERTY_X86_FEATURE_1_IBT |
			      GNU_PROPERTY_X86_FEATURE_1_SHSTK;
	uint32_t bits;

	if (in->elf->machine != EM_X86_64)
		return;
	bits = hardening_cet_bits(in->elf);
	if ((bits & both) == both)
		return;
	if (in->rules->need_cet)
		hardening_defect(in);
	else
		buf_fmt(in->report, "note: %s: ", in->name);
	buf_fmt(in->report,
		"is not marked for control-flow enforcement "
		"(.note.gnu.property has%s%s%s)\n",
		(bits & GNU_PROPERTY_X86_FEATURE_1_IBT) ? " IBT" : "",
		(bits & GNU_PROPERTY_X86_FEATURE_1_SHSTK) ? " SHSTK" : "",
		(bits & both) ? "" : " neither IBT nor SHSTK");
}

static bool hardening_is_text(char c)
{
	return (unsigned char)c >= 0x20 && (unsigned char)c < 0x7f;
}

/* The printable bytes around an offset, for the message. */
static struct str hardening_surroundings(struct str file, size_t at)
{
	size_t from = at, to = at;

	while (from > 0 && at - from < HARDENING_SHOWN / 2 &&
		hardening_is_text(file.p[from - 1]))
		from--;
	while (to < file.n && to - from < HARDENING_SHOWN &&
		hardening_is_text(file.p[to]))
		to++;
	return str_sub(file, from, to - from);
}

static void hardening_path(struct hardening *in, struct str path)
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
	around = hardening_surroundings(file, at);
	buf_fmt(hardening_defect(in),
		"holds the build path %.*s "
		"(at byte %zu: \"%.*s\")\n",
		STR_ARG(path), at, STR_ARG(around));
}

/* Directories of builds, which no program of ours refers to. */
static const struct str hardening_directories[] = {
	{"/build/", 7},
	{"/home/", 6},
	{"/tmp/cc", 7}, /* temporary files of the compiler */
	{"/usr/src/", 9},
};

static void hardening_paths(struct hardening *in)
{
	for (size_t i = 0; i < in->rules->n_paths; i++)
		hardening_path(in, in->rules->paths[i]);
	for (size_t i = 0;
		i < sizeof(hardening_directories) / sizeof(struct str); i++)
		hardening_path(in, hardening_directories[i]);
}

static const struct {
	const char *what;
	void (*run)(struct hardening *in);
	bool is_optional;
} hardening_checks[HARDENING_CHECKS] = {
	{"Loaded at a random address", hardening_type, false},
	{"No interpreter", hardening_interpreter, false},
	{"No shared library", hardening_dynamic, false},
	{"Code is not relocated", hardening_text_relocations, false},
	{"Stack is not executable", hardening_stack, false},
	{"Relocated data is read-only (RELRO)", hardening_relro, false},
	{"No memory is writable and executable", hardening_segments, false},
	{"Marked for control-flow enforcement (CET)", hardening_cet, true},
	{"No path of the building machine", hardening_paths, false},
};

int hardening_check(struct str file, const char *name,
	const struct hardening_rules *rules, struct buf *report, struct err *e)
{
	struct elf elf;
	struct hardening in = {
		.elf = &elf, .rules = rules, .name = name, .report = report};

	if (elf_open(file, &elf, e) < 0)
		return err_at(e, "%s", name);
	for (size_t i = 0; i < HARDENING_CHECKS; i++)
		hardening_checks[i].run(&in);
	if (report->full)
		return err_kind(
			e, ERR_LIMIT, "%s: no room for the report", name);
	return in.defects;
}

int hardening_list(struct str file, const struct hardening_rules *rules,
	struct hardening_finding out[HARDENING_CHECKS], struct buf *report,
	struct err *e)
{
	struct elf elf;
	struct hardening in = {
		.elf = &elf, .rules = rules, .name = "", .report = report};
	size_t at[HARDENING_CHECKS + 1];

	if (elf_open(file, &elf, e) < 0)
		return -1;
	for (size_t i = 0; i < HARDENING_CHECKS; i++) {
		at[i] = report->n;
		in.defects = 0;
		hardening_checks[i].run(&in);
		out[i].what = hardening_checks[i].what;
		out[i].is_optional = hardening_checks[i].is_optional;
		out[i].defects = in.defects;
	}
	at[HARDENING_CHECKS] = report->n;
	if (report->full)
		return err_kind(e, ERR_LIMIT, "no room for the findings");
	for (size_t i = 0; i < HARDENING_CHECKS; i++)
		out[i].lines =
			str_sub(buf_view(report), at[i], at[i + 1] - at[i]);
	return 0;
}
