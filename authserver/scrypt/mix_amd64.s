#include "textflag.h"

// c ^= (a + b) <<< n
#define STEP(a, b, c, n) \
	VPADDD a, b, X4; \
	VPSLLD $n, X4, X5; \
	VPSRLD $(32-n), X4, X4; \
	VPXOR  X5, c, c; \
	VPXOR  X4, c, c

// The columns, then the rows. X0 to X3 are the diagonals.
#define DOUBLEROUND \
	STEP(X0, X3, X1, 7); \
	STEP(X1, X0, X2, 9); \
	STEP(X2, X1, X3, 13); \
	STEP(X3, X2, X0, 18); \
	VPSHUFD $0x93, X1, X1; \
	VPSHUFD $0x4e, X2, X2; \
	VPSHUFD $0x39, X3, X3; \
	STEP(X0, X1, X3, 7); \
	STEP(X3, X0, X2, 9); \
	STEP(X2, X3, X1, 13); \
	STEP(X1, X2, X0, 18); \
	VPSHUFD $0x39, X1, X1; \
	VPSHUFD $0x4e, X2, X2; \
	VPSHUFD $0x93, X3, X3

// to = from(SI) XOR from(DX)
#define INPUT(offset, to) \
	VMOVDQU offset(SI), to; \
	VPXOR   offset(DX), to, to

// X0 to X3 = Salsa20/8 of their XOR with the input at the offset.
#define SALSA(offset) \
	INPUT(offset+0, X8); \
	INPUT(offset+16, X9); \
	INPUT(offset+32, X10); \
	INPUT(offset+48, X11); \
	VPXOR  X0, X8, X8; \
	VPXOR  X1, X9, X9; \
	VPXOR  X2, X10, X10; \
	VPXOR  X3, X11, X11; \
	VMOVDQA X8, X0; \
	VMOVDQA X9, X1; \
	VMOVDQA X10, X2; \
	VMOVDQA X11, X3; \
	DOUBLEROUND; \
	DOUBLEROUND; \
	DOUBLEROUND; \
	DOUBLEROUND; \
	VPADDD X8, X0, X0; \
	VPADDD X9, X1, X1; \
	VPADDD X10, X2, X2; \
	VPADDD X11, X3, X3

#define OUTPUT(to) \
	VMOVDQU X0, 0(to); \
	VMOVDQU X1, 16(to); \
	VMOVDQU X2, 32(to); \
	VMOVDQU X3, 48(to)

// func mixAVX(out, in, other *uint32, r int)
TEXT ·mixAVX(SB), NOSPLIT, $0-32
	MOVQ out+0(FP), DI
	MOVQ in+8(FP), SI
	MOVQ other+16(FP), DX
	MOVQ r+24(FP), CX

	// The odd blocks of the output go to R8, behind r even ones.
	MOVQ CX, AX
	SHLQ $6, AX
	LEAQ (DI)(AX*1), R8

	// It begins with the last block of the input.
	LEAQ  (SI)(AX*2), SI
	LEAQ  (DX)(AX*2), DX
	INPUT(-64, X0)
	INPUT(-48, X1)
	INPUT(-32, X2)
	INPUT(-16, X3)
	MOVQ  in+8(FP), SI
	MOVQ  other+16(FP), DX

loop:
	SALSA(0)
	OUTPUT(DI)
	SALSA(64)
	OUTPUT(R8)
	ADDQ $128, SI
	ADDQ $128, DX
	ADDQ $64, DI
	ADDQ $64, R8
	DECQ CX
	JNZ  loop
	RET
