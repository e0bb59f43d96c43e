-- W2 with an orderly close: its second argument says so.
require "w2"
