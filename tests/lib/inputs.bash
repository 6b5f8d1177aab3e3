# inputs.bash - what images are made from, to know what is proven.  Sourced.
#
#   inputs_list              the project's files that a build reads; what git
#                            ignores, tests and words are left out
#   inputs_hash [FILE...]    their bytes, these files' and the compiler, as one
#                            hash

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
