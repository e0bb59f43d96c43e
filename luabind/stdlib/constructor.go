package stdlib

import (
	"errors"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// Instructions hold their operation in the upper 6 bits, then 8 bits A, 9 bits C and
// 9 bits B.
const (
	maxC = 511
	nop  = uint32(lua.OP_NOP) << 26
)

func operation(word uint32) int { return int(word >> 26) }
func fieldA(word uint32) uint32 { return word >> 18 & 0xff }
func fieldB(word uint32) uint32 { return word & 0x1ff }
func fieldC(word uint32) uint32 { return word >> 9 & 0x1ff }

// wholeTable keeps what uses a constructor of very many items away from the last word
// of its code, which is a number and no instruction.
func wholeTable(e *ast.TableExpr) ast.Expr {
	if len(e.Fields) <= maxC*lua.FieldsPerFlush {
		return e
	}
	none := &ast.NilExpr{}
	none.SetLine(e.Line())
	whole := &ast.LogicalOpExpr{Operator: "or", Lhs: e, Rhs: none}
	whole.SetLine(e.Line())
	whole.SetLastLine(e.LastLine())
	return whole
}

var errConstructor = errors.New("a table of so many items cannot end in a call or ...; append its results")

// repairConstructors sets right how gopher-lua compiles constructors of more than 50
// items. They go into the table 50 at a time, each time by a SETLIST with its number;
// but that is given once more with a named field behind the 50th item, it has the
// number before for the results of a call there, and none beyond 511.
func repairConstructors(proto *lua.FunctionProto) error {
	written := make(map[uint32]uint32) // how many times 50 items went into the table in a register
	code := proto.Code
	for pc := 0; pc < len(code); pc++ {
		word := code[pc]
		table := fieldA(word)
		switch operation(word) {
		case lua.OP_NEWTABLE:
			written[table] = 0
			continue
		case lua.OP_CLOSURE:
			pc += int(proto.FunctionPrototypes[word&0x3ffff].NumUpvalues)
			continue
		case lua.OP_SETLIST:
		default:
			continue
		}
		full := int(fieldB(word)) == lua.FieldsPerFlush
		number := written[table] + 1
		counted := fieldC(word) == 0 // the number is the next word
		if before := code[pc-1]; full && fieldA(before) == table && (operation(before) == lua.OP_SETTABLE || operation(before) == lua.OP_SETTABLEKS) {
			code[pc] = nop
			if counted {
				code[pc+1] = nop
			}
			continue
		}
		switch {
		case counted:
			code[pc+1] = number
			pc++
		case number > maxC:
			return errConstructor
		default:
			code[pc] = word&^(maxC<<9) | number<<9
		}
		if full {
			written[table]++
		}
	}
	return nil
}
