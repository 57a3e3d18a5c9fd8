 Remarks of earth current potential gradient observation
 KAKIOKA
@.##.##.##..##.##.##..###..##..#..##
