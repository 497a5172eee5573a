package javigate.search;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class MomentTest {
    private static final long[] TIMES = {500, 1500, 2500, 3501};

    private static Moment of(double... cosines) {
        return Moment.of(cosines, TIMES, 0, 4000);
    }

    @Test
    void isTheRunOfGoodFramesAroundTheBest() {
        assertEquals(new Moment(1000, 2000), of(0, 1, 0.4, 0));
        assertEquals(new Moment(1000, 3001), of(0, 0.5, 1, 0.2));
        assertEquals(new Moment(0, 1000), of(0.9, 0, 0.8, 0.8));
        assertEquals(new Moment(3000, 4000), of(0.8, 0.8, 0, 0.9));
        assertEquals(new Moment(0, 4000), of(0.3, 0.3, 0.3, 0.3));
        assertEquals(new Moment(2000, 4000), of(-0.3, -0.3, -0.2, -0.2));
        assertEquals(new Moment(7, 9), Moment.of(new double[] {0.1}, new long[] {8}, 7, 9));
    }
}
