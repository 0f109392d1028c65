# The exception of longjmp, which carries a pointer.
	.tagtype __c_longjmp i32
	.section .text.throw_longjmp,"",@
	.globl throw_longjmp
	.type throw_longjmp,@function
throw_longjmp:
	.functype throw_longjmp (i32) -> ()
	local.get 0
	throw __c_longjmp
	drop # for the assembler, which does not know that throw takes it
	end_function
	.section .bss,"",@
	.globl __c_longjmp
__c_longjmp:
