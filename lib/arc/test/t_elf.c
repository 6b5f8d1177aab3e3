/*
 * A small file made here byte by byte is read back; with any field broken it
 * is refused; and a real program, this one, is read.
 */
#include "lib/arc/elf.h"
#include "lib/arc/elf_note.h"
#include "lib/base/fd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <elf.h>

/* A whole small program: headers, a dynamic table, a note, names. */
struct image {
	Elf64_Ehdr head;
	Elf64_Phdr segment[3];
	Elf64_Dyn dynamic[4];
	struct {
		Elf64_Nhdr head;
		char owner[4];
		char data[4];
	} note;
	char text[16]; /* dynamic strings, at address 0x1000 */
	char names[32];
	Elf64_Shdr section[3];
};

static struct image image_make(void)
{
	struct image m = {
		.head = {.e_type = ET_DYN,
			.e_machine = EM_X86_64,
			.e_entry = 0x1000,
			.e_ehsize = sizeof(Elf64_Ehdr),
			.e_phoff = offsetof(struct image, segment),
			.e_phentsize = sizeof(Elf64_Phdr),
			.e_phnum = 3,
			.e_shoff = offsetof(struct image, section),
			.e_shentsize = sizeof(Elf64_Shdr),
			.e_shnum = 3,
			.e_shstrndx = 2},
		.segment = {{.p_type = PT_LOAD,
				    .p_flags = PF_R | PF_X,
				    .p_offset = offsetof(struct image, text),
				    .p_vaddr = 0x1000,
				    .p_filesz = 16,
				    .p_memsz = 64},
			{.p_type = PT_DYNAMIC,
				.p_offset = offsetof(struct image, dynamic),
				.p_filesz = 4 * sizeof(Elf64_Dyn)},
			{.p_type = PT_NOTE,
				.p_align = 4,
				.p_offset = offsetof(struct image, note),
				.p_filesz = 20}},
		.dynamic = {{.d_tag = DT_STRTAB, .d_un.d_val = 0x1000},
			{.d_tag = DT_STRSZ, .d_un.d_val = 16},
			{.d_tag = DT_NEEDED, .d_un.d_val = 1}},
		.note = {{4, 3, 7}, "FDO", "abc"},
		.text = "\0libc.so",
		.names = "\0.note\0.shstrtab",
		.section = {{0},
			{.sh_name = 1,
				.sh_type = SHT_NOTE,
				.sh_addralign = 4,
				.sh_offset = offsetof(struct image, note),
				.sh_size = 20},
			{.sh_name = 7,
				.sh_type = SHT_STRTAB,
				.sh_offset = offsetof(struct image, names),
				.sh_size = 32}},
	};

	memcpy(m.head.e_ident, ELFMAG, SELFMAG);
	m.head.e_ident[EI_CLASS] = ELFCLASS64;
	m.head.e_ident[EI_DATA] = ELFDATA2LSB;
	m.head.e_ident[EI_VERSION] = EV_CURRENT;
	return m;
}

static struct str image_view(const struct image *m)
{
	return (struct str){(const char *)m, sizeof(*m)};
}

static void test_reads_every_part(void **state)
{
	struct image m = image_make();
	struct elf_section section;
	struct elf_segment segment;
	struct elf_note note;
	struct err e = {0};
	uint64_t needed = 0;
	struct elf elf;

	(void)state;
	assert_int_equal(elf_open(image_view(&m), &elf, &e), 0);
	assert_int_equal(elf.type, ET_DYN);
	assert_int_equal(elf.n_dynamic, 3);
	assert_true(elf_find_dynamic(&elf, DT_NEEDED, &needed));
	assert_true(str_is(elf_dynamic_text(&elf, needed), "libc.so"));
	assert_int_equal(elf_dynamic_text(&elf, 16).n, 0);
	assert_false(elf_find_dynamic(&elf, DT_TEXTREL, &needed));
	assert_true(elf_find_segment(&elf, PT_NOTE, &segment));
	assert_true(elf_find_section(&elf, ".note", &section));
	assert_true(str_eq(segment.data, section.data));
	assert_true(elf_next_note(&section.data, section.align, &note));
	assert_int_equal(note.type, 7);
	assert_true(str_is(note.owner, "FDO"));
	assert_int_equal(note.data.n, 3);
	assert_false(elf_next_note(&section.data, section.align, &note));
	assert_int_equal(elf_at_address(&elf, 0x1010).n, 0);
	assert_int_equal(elf_at_address(&elf, 0x100f).n, 1);
}

/* What one changed field must make of the file. */
static void refuse(const struct image *m, const char *because)
{
	struct err e = {0};
	struct elf elf;

	assert_int_equal(elf_open(image_view(m), &elf, &e), -1);
	assert_int_equal(e.kind, ERR_INPUT);
	if (strstr(e.text, because) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", e.text, because);
}

#define REFUSE(field, value, because)                                          \
	do {                                                                   \
		struct image m_ = image_make();                                \
		m_.field = (value);                                            \
		refuse(&m_, because);                                          \
	} while (0)

static void test_refuses_broken_headers(void **state)
{
	(void)state;
	REFUSE(head.e_ident[0], 'x', "not an ELF");
	REFUSE(head.e_ident[EI_CLASS], ELFCLASS32, "only 64-bit");
	REFUSE(head.e_ident[EI_DATA], ELFDATA2MSB, "only little-endian");
	REFUSE(head.e_ident[EI_VERSION], 0, "EI_VERSION");
	REFUSE(head.e_phentsize, 32, "segments entries of 32");
	REFUSE(head.e_shentsize, 40, "sections entries of 40");
	REFUSE(head.e_phoff, UINT64_MAX - 8, "segments is outside");
	REFUSE(head.e_shoff, sizeof(struct image) - 64, "sections is outside");
	REFUSE(head.e_phnum, 0xffff, "at most 65279");
	REFUSE(head.e_shstrndx, 3, "e_shstrndx is 3 of 3");
}

static void test_refuses_broken_parts(void **state)
{
	(void)state;
	REFUSE(segment[0].p_offset, UINT64_MAX, "segment 0 is outside");
	REFUSE(segment[1].p_filesz, UINT64_MAX, "segment 1 is outside");
	REFUSE(segment[0].p_memsz, UINT64_MAX, "segment 0 wraps");
	REFUSE(section[1].sh_size, sizeof(struct image), "section 1 is");
	REFUSE(dynamic[3].d_tag, DT_DEBUG, "no DT_NULL");
	REFUSE(segment[1].p_filesz, 15, "no DT_NULL");
}

static void test_names_need_their_end(void **state)
{
	struct image m = image_make();
	struct err e = {0};
	struct elf elf;

	(void)state;
	memset(m.names + 7, 'x', sizeof(m.names) - 7);
	m.section[1].sh_name = 4000;
	assert_int_equal(elf_open(image_view(&m), &elf, &e), 0);
	assert_int_equal(elf_section(&elf, 1).name.n, 0);
	assert_int_equal(elf_section(&elf, 2).name.n, 0);
}

static void test_notes_stay_inside(void **state)
{
	struct image m = image_make();
	struct str notes = {(const char *)&m.note, sizeof(m.note)};
	struct elf_note note;

	(void)state;
	m.note.head.n_descsz = 5;
	assert_false(elf_next_note(&notes, 4, &note));
	m.note.head.n_namesz = UINT32_MAX;
	notes = (struct str){(const char *)&m.note, sizeof(m.note)};
	assert_false(elf_next_note(&notes, 4, &note));
	notes.n = 11;
	assert_false(elf_next_note(&notes, 4, &note));
}

static void test_every_truncation(void **state)
{
	struct image m = image_make();
	struct str view = image_view(&m);
	struct err e = {0};
	struct elf elf;

	(void)state;
	while (view.n-- > 0)
		assert_int_equal(elf_open(view, &elf, &e), -1);
}

static void test_reads_this_program(void **state)
{
	AUTO_BUF struct buf file = buf_growing((size_t)64 << 20);
	struct elf_section text;
	struct err e = {0};
	struct elf elf;

	(void)state;
	assert_int_equal(file_read("/proc/self/exe", &file, &e), 0);
	assert_int_equal(elf_open(buf_view(&file), &elf, &e), 0);
	assert_true(elf_find_section(&elf, ".text", &text));
	assert_true(text.size > 0);
	assert_true(elf_at_address(&elf, elf.entry).n > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_every_part),
		cmocka_unit_test(test_refuses_broken_headers),
		cmocka_unit_test(test_refuses_broken_parts),
		cmocka_unit_test(test_names_need_their_end),
		cmocka_unit_test(test_notes_stay_inside),
		cmocka_unit_test(test_every_truncation),
		cmocka_unit_test(test_reads_this_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
