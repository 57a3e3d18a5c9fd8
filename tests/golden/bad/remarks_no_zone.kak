 Remarks of earth current potential gradient observation
 KAKIOKA  December 2006
@.##.##.##..##.##.##..###..##..#..##
  01 06 47  01 06 52   s   EW  N  Test
