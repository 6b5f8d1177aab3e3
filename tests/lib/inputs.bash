# inputs.bash - the inputs of a build of images, so that a long test need not
# run twice for the same ones.  Sourced.
#
#   inputs_list              list the project's files that a build reads:
#                            without tests, documents and what git ignores
#   inputs_hash [FILE...]    one hash of these files, the FILEs and the versions
#                            of the compiler and make

inputs_list() {
	git ls-files -co --exclude-standard | LC_ALL=C sort |
		grep -vE '^(tests|docs|bench|deploy|\.ci)/|/test/|\.md$' |
		while IFS= read -r file; do
			[ ! -f "$file" ] || echo "$file"
		done
}

inputs_hash() {
	{
		inputs_list | xargs -d '\n' sha256sum
		[ $# -eq 0 ] || sha256sum "$@"
		dpkg-query -W -f '${Package} ${Version}\n' gcc binutils make
	} | sha256sum | cut -d ' ' -f 1
}
